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

        package init(
            runID: String? = nil, logicalDate: String? = nil, conf: JSONObject? = nil,
            params: [ParameterText]? = nil, note: String? = nil
        ) {
            self.runID = runID
            self.logicalDate = logicalDate
            self.conf = conf
            self.params = params
            self.note = note
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case conf, params, note
            case runID = "run_id"
            case logicalDate = "logical_date"
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

        package init(
            path: String, runID: String? = nil, logicalDate: String? = nil, conf: JSONObject? = nil,
            params: [ParameterText]? = nil, note: String? = nil
        ) {
            self.path = path
            self.runID = runID
            self.logicalDate = logicalDate
            self.conf = conf
            self.params = params
            self.note = note
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path, conf, params, note
            case runID = "run_id"
            case logicalDate = "logical_date"
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
