import JSONText

extension V1 {
    /// An update of an asset that a person or a program tells of.
    package struct AssetEventBody: Codable, Hashable, Sendable {
        package var uri: String
        package var extra: JSONObject?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case uri, extra
        }
    }

    /// What somebody says of an asset; what is absent stays as it was, or is the default of a DAG file.
    package struct AssetBody: Codable, Hashable, Sendable {
        package var uri: String
        package var name: String?
        package var group: String?
        package var extra: JSONObject?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case uri, name, group, extra
        }
    }

    /// What a DAG that is scheduled on assets waits for.
    package struct AssetWaiting: Codable, Hashable, Sendable {
        /// One asset of which updates wait.
        package struct Updated: Codable, Hashable, Sendable {
            package var uri: String
            package var events: Int
            /// Of the first and the last one.
            package var since: String
            package var latest: String

            package init(uri: String, events: Int, since: String, latest: String) {
                self.uri = uri
                self.events = events
                self.since = since
                self.latest = latest
            }
        }

        /// `s3://a and (s3://b or s3://c)`
        package var condition: String
        /// What of it is left; null when it holds.
        @Nullable package var missing: String?
        package var updated: [Updated]
        /// All of it for people.
        package var sentence: String

        package init(condition: String, missing: String?, updated: [Updated], sentence: String) {
            self.condition = condition
            self.missing = missing
            self.updated = updated
            self.sentence = sentence
        }
    }
}
