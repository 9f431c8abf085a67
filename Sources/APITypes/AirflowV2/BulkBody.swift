import JSONText

extension AirflowV2 {
    /// Several changes in one request.
    package struct BulkBody: Codable, Hashable, Sendable {
        package var actions: [BulkAction]

        package init(actions: [BulkAction]) {
            self.actions = actions
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case actions
        }
    }

    /// One kind of change to several entities.
    package struct BulkAction: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Hashable, Sendable {
            case create, update, delete
        }

        package enum OnExistence: String, Codable, Hashable, Sendable {
            case fail, skip, overwrite
        }

        package enum OnNonExistence: String, Codable, Hashable, Sendable {
            case fail, skip
        }

        package var action: Kind
        package var actionOnExistence: OnExistence?
        package var actionOnNonExistence: OnNonExistence?
        /// Bodies of the entity's kind; for a deletion also names.
        package var entities: [JSONValue]
        package var updateMask: [String]?

        package init(
            action: Kind, actionOnExistence: OnExistence? = nil, actionOnNonExistence: OnNonExistence? = nil,
            entities: [JSONValue], updateMask: [String]? = nil
        ) {
            self.action = action
            self.actionOnExistence = actionOnExistence
            self.actionOnNonExistence = actionOnNonExistence
            self.entities = entities
            self.updateMask = updateMask
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case action, entities
            case actionOnExistence = "action_on_existence"
            case actionOnNonExistence = "action_on_non_existence"
            case updateMask = "update_mask"
        }
    }

    /// What became of each kind of change; null for a kind that was not asked for.
    package struct BulkResponse: Codable, Hashable, Sendable {
        @Nullable package var create: BulkActionResponse?
        @Nullable package var update: BulkActionResponse?
        @Nullable package var delete: BulkActionResponse?

        package init(
            create: BulkActionResponse? = nil, update: BulkActionResponse? = nil,
            delete: BulkActionResponse? = nil
        ) {
            self.create = create
            self.update = update
            self.delete = delete
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case create, update, delete
        }
    }

    /// The names of what was changed, and what went wrong.
    package struct BulkActionResponse: Codable, Hashable, Sendable {
        package var success: [String]
        /// Each with `error` and `status_code`.
        package var errors: [JSONObject]

        package init(success: [String] = [], errors: [JSONObject] = []) {
            self.success = success
            self.errors = errors
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case success, errors
        }
    }
}
