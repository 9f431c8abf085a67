import StateStore

/// MLflow's limits on names and values, and its rules for names.
enum TrackingLimits {
    static let keyLength = 250
    static let paramLength = 6000
    static let tagLength = 8000
    static let experimentTagLength = 20_000
    static let experimentNameLength = 500
    static let metricsPerBatch = 1000
    static let textsPerBatch = 100
    static let entitiesPerBatch = 1000
    static let searchRows = 50_000

    static func checkLength(_ what: String, _ text: String, _ limit: Int) throws(TrackingError) {
        guard text.unicodeScalars.count > limit else { return }
        throw .invalid("'\(what)' exceeds the maximum length of \(limit) characters")
    }

    /// The beginning of a text.
    static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }

    /// Names of metrics, params and tags may be used as paths.
    static func checkName(_ name: String?, _ path: String) throws(TrackingError) {
        guard let name else {
            throw .invalid("Invalid value for parameter '\(path)' supplied: A key name must be provided.")
        }
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "/_.- :".unicodeScalars.contains(scalar)
        }
        guard isPlain else {
            throw .invalid(
                "Invalid value \"\(name)\" for parameter '\(path)' supplied: Names may only contain "
                    + "alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and "
                    + "slashes (/).")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw .invalid(
                "Invalid value \"\(name)\" for parameter '\(path)' supplied: Names may be treated as files in "
                    + "certain cases, and must not resolve to other names when treated as such.")
        }
        try checkLength(path, name, keyLength)
    }

    static func checkBatch(_ what: String, _ count: Int, _ limit: Int) throws(TrackingError) {
        guard count > limit else { return }
        throw .invalid(
            "A batch logging request can contain at most \(limit) \(what). Got \(count) \(what). Please split up "
                + "\(what) across multiple requests and try again.")
    }
}

extension TrackingFields {
    /// An experiment's number; nil when it is not given.
    func experimentID(_ name: String = "experiment_id") throws -> Int64? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        return try Self.experimentID(text)
    }

    static func experimentID(_ text: String) throws(TrackingError) -> Int64 {
        guard let id = Int64(text) else {
            throw .invalid("Invalid experiment ID '\(text)'. Experiment ID must be a valid integer.")
        }
        return id
    }

    /// - Parameter limit: the length of a value.
    func tag(path: String = "", limit: Int = TrackingLimits.experimentTagLength) throws -> TrackedText {
        let key = try text("key")
        try TrackingLimits.checkName(key, path + "key")
        let value = try text("value") ?? ""
        try TrackingLimits.checkLength(path + "value", value, limit)
        return TrackedText(key: key ?? "", value: value)
    }

    /// A tag of a run. A longer value is cut off, as MLflow does.
    func runTag(path: String = "") throws -> TrackedText {
        let tag = try tag(path: path, limit: .max)
        return TrackedText(key: tag.key, value: TrackingLimits.cut(tag.value, TrackingLimits.tagLength))
    }

    func runTags() throws -> [TrackedText] {
        try objects("tags").enumerated().map { try $1.runTag(path: "tags[\($0)].") }
    }

    /// Tags of an experiment or model.
    func tags() throws -> [TrackedText] {
        try objects("tags").enumerated().map { try $1.tag(path: "tags[\($0)].") }
    }

    func param(path: String = "") throws -> TrackedText {
        let key = try text("key")
        try TrackingLimits.checkName(key, path + "key")
        let value = try text("value") ?? ""
        return TrackedText(
            key: key ?? "", value: TrackingLimits.cut(value, TrackingLimits.paramLength))
    }

    func metric(path: String = "") throws -> TrackedMetric {
        let key = try text("key")
        try TrackingLimits.checkName(key, path + "name")
        guard let value = try number("value") else { throw TrackingError.missing(path + "value") }
        guard let timestamp = try integer("timestamp") else {
            throw TrackingError.missing(path + "timestamp")
        }
        guard timestamp >= 0 else {
            throw TrackingError.invalid(
                "Invalid value \(timestamp) for parameter '\(path)timestamp' supplied: Timestamp must be a "
                    + "nonnegative long (64-bit integer)")
        }
        var metric = TrackedMetric(
            key: key ?? "", value: value, timestamp: timestamp, step: try integer("step") ?? 0)
        metric.modelID = try text("model_id")
        metric.datasetName = try text("dataset_name")
        metric.datasetDigest = try text("dataset_digest")
        return metric
    }

    /// How many rows of a search, and from where. The token is MLflow's: base 64 of `{"offset": N}`.
    func page(default standard: Int, maximum: Int = TrackingLimits.searchRows) throws -> (
        limit: Int, offset: Int
    ) {
        let limit = try integer("max_results") ?? Int64(standard)
        guard (1...Int64(maximum)).contains(limit) else {
            throw TrackingError.invalid(
                "Invalid value \(limit) for parameter 'max_results' supplied: It must be a positive integer of at "
                    + "most \(maximum).")
        }
        guard let token = try text("page_token"), !token.isEmpty else { return (Int(limit), 0) }
        return (Int(limit), try PageToken.offset(of: token))
    }

    /// Which stages a search is about.
    func stages(_ name: String) throws -> Set<TrackingStage> {
        switch try text(name) {
        case nil, "ACTIVE_ONLY": [.active]
        case "DELETED_ONLY": [.deleted]
        case "ALL": [.active, .deleted]
        case let other?:
            throw TrackingError.invalid("Invalid value \"\(other)\" for parameter '\(name)' supplied.")
        }
    }
}
