import JSONText

extension V1 {
    /// A webhook, without its secret.
    package struct Webhook: Codable, Hashable, Sendable {
        package var name: String
        /// Where messages are sent to, below the server's address.
        package var path: String
        package var scheme: String
        @Nullable package var asset: String?
        @Nullable package var dagID: String?
        @Nullable package var param: String?
        /// Seconds.
        package var tolerance: Int64
        /// Only in the answer to the request that had it made.
        package var secret: String?

        package init(
            name: String, scheme: String, asset: String?, dagID: String?, param: String?, tolerance: Int64,
            secret: String? = nil
        ) {
            self.name = name
            path = "/api/v1/hooks/\(name)"
            self.scheme = scheme
            self.asset = asset
            self.dagID = dagID
            self.param = param
            self.tolerance = tolerance
            self.secret = secret
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, path, scheme, asset, param, tolerance, secret
            case dagID = "dag_id"
        }
    }

    /// What a webhook is to be; without a secret one is made.
    package struct WebhookBody: Codable, Hashable, Sendable {
        package var asset: String?
        package var dagID: String?
        package var param: String?
        package var scheme: String?
        package var secret: String?
        package var tolerance: Int64?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case asset, param, scheme, secret, tolerance
            case dagID = "dag_id"
        }
    }

    /// What became of a message.
    package struct WebhookReceipt: Codable, Hashable, Sendable {
        /// Whether it had been taken before, so that nothing happened now.
        package var duplicate: Bool
        @Nullable package var assetEventID: Int64?
        @Nullable package var dagID: String?
        @Nullable package var runID: String?

        package init(duplicate: Bool) {
            self.duplicate = duplicate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case duplicate
            case assetEventID = "asset_event_id"
            case dagID = "dag_id"
            case runID = "run_id"
        }
    }
}
