import JSONText

extension V1 {
    /// A request for a run.
    package struct TriggerBody: Codable, Hashable, Sendable {
        package var runID: String?
        package var logicalDate: String?
        package var conf: JSONObject?
        /// `--param k=v` texts, read by the declared type; they win over `conf`.
        package var params: [ParameterText]?
        package var note: String?
        /// Runs every task, also those that could be served from the cache.
        package var noCache: Bool?

        package init(
            runID: String? = nil, logicalDate: String? = nil, conf: JSONObject? = nil,
            params: [ParameterText]? = nil, note: String? = nil, noCache: Bool? = nil
        ) {
            self.runID = runID
            self.logicalDate = logicalDate
            self.conf = conf
            self.params = params
            self.note = note
            self.noCache = noCache
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case conf, params, note
            case runID = "run_id"
            case logicalDate = "logical_date"
            case noCache = "no_cache"
        }
    }

    /// A request to run a DAG file that is outside the DAG folder.
    package struct RunFileBody: Codable, Hashable, Sendable {
        /// Absolute.
        package var path: String
        package var runID: String?
        package var logicalDate: String?
        package var conf: JSONObject?
        package var params: [ParameterText]?
        package var note: String?
        /// Runs every task, also those that could be served from the cache.
        package var noCache: Bool?

        package init(
            path: String, runID: String? = nil, logicalDate: String? = nil, conf: JSONObject? = nil,
            params: [ParameterText]? = nil, note: String? = nil, noCache: Bool? = nil
        ) {
            self.path = path
            self.runID = runID
            self.logicalDate = logicalDate
            self.conf = conf
            self.params = params
            self.note = note
            self.noCache = noCache
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path, conf, params, note
            case runID = "run_id"
            case logicalDate = "logical_date"
            case noCache = "no_cache"
        }
    }

    /// A parameter as a person typed it.
    package struct ParameterText: Codable, Hashable, Sendable {
        package var name: String
        package var text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, text
        }
    }
}
