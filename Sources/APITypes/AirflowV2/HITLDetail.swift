import JSONText

extension AirflowV2 {
    /// A question to a person, and the answer once there is one ("human in the loop").
    package struct HITLDetail: Codable, Hashable, Sendable {
        package var assignedUsers: [HITLUser]
        @Nullable package var body: String?
        @Nullable package var chosenOptions: [String]?
        package var createdAt: String
        /// What is chosen when nobody answers in time.
        @Nullable package var defaults: [String]?
        package var multiple: Bool
        package var options: [String]
        package var params: JSONObject
        package var paramsInput: JSONObject
        @Nullable package var respondedAt: String?
        @Nullable package var respondedByUser: HITLUser?
        package var responseReceived: Bool
        package var subject: String
        package var taskInstance: TaskInstanceResponse

        package init(
            body: String?, chosenOptions: [String]?, createdAt: String, defaults: [String]?,
            options: [String], respondedAt: String?, respondedByUser: HITLUser?, responseReceived: Bool,
            subject: String, taskInstance: TaskInstanceResponse
        ) {
            assignedUsers = []
            self.body = body
            self.chosenOptions = chosenOptions
            self.createdAt = createdAt
            self.defaults = defaults
            multiple = false
            self.options = options
            params = JSONObject()
            paramsInput = JSONObject()
            self.respondedAt = respondedAt
            self.respondedByUser = respondedByUser
            self.responseReceived = responseReceived
            self.subject = subject
            self.taskInstance = taskInstance
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case body, defaults, multiple, options, params, subject
            case assignedUsers = "assigned_users"
            case chosenOptions = "chosen_options"
            case createdAt = "created_at"
            case paramsInput = "params_input"
            case respondedAt = "responded_at"
            case respondedByUser = "responded_by_user"
            case responseReceived = "response_received"
            case taskInstance = "task_instance"
        }
    }

    package struct HITLUser: Codable, Hashable, Sendable {
        package var id: String
        package var name: String

        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case id, name
        }
    }

    package struct HITLDetailCollection: Codable, Hashable, Sendable {
        package var hitlDetails: [HITLDetail]
        package var totalEntries: Int

        package init(hitlDetails: [HITLDetail], totalEntries: Int) {
            self.hitlDetails = hitlDetails
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case hitlDetails = "hitl_details"
            case totalEntries = "total_entries"
        }
    }

    /// An answer to a question.
    package struct UpdateHITLDetailPayload: Codable, Hashable, Sendable {
        package var chosenOptions: [String]
        package var paramsInput: JSONObject?

        package init(chosenOptions: [String], paramsInput: JSONObject? = nil) {
            self.chosenOptions = chosenOptions
            self.paramsInput = paramsInput
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case chosenOptions = "chosen_options"
            case paramsInput = "params_input"
        }
    }

    /// The answer as it was taken in.
    package struct HITLDetailResponse: Codable, Hashable, Sendable {
        package var chosenOptions: [String]
        package var paramsInput: JSONObject
        package var respondedAt: String
        package var respondedBy: HITLUser

        package init(chosenOptions: [String], respondedAt: String, respondedBy: HITLUser) {
            self.chosenOptions = chosenOptions
            paramsInput = JSONObject()
            self.respondedAt = respondedAt
            self.respondedBy = respondedBy
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case chosenOptions = "chosen_options"
            case paramsInput = "params_input"
            case respondedAt = "responded_at"
            case respondedBy = "responded_by"
        }
    }
}
