import DAGDomain
import JSONText

/// The keys that every operator has: retries, limits, pools, rules.
struct AirflowTaskSettings {
    private let task: JSONObject
    private let id: String
    private let vocabulary: Vocabulary
    private(set) var json = JSONObject()
    private(set) var notes: NoteList
    private(set) var handled: Set<String> = []

    /// All keys that are read here.
    static let keys: Set<String> = [
        "doc", "doc_md", "doc_json", "doc_yaml", "doc_rst", "trigger_rule", "retries", "retry_delay",
        "retry_exponential_backoff", "max_retry_delay", "execution_timeout", "pool", "pool_slots",
        "priority_weight", "weight_rule", "depends_on_past", "wait_for_downstream", "max_active_tis_per_dag",
        "max_active_tis_per_dagrun", "is_setup", "is_teardown", "on_failure_fail_dagrun", "start_date",
        "end_date",
        "ignore_first_depends_on_past", "do_xcom_push", "email", "email_on_failure", "email_on_retry",
        "task_display_name", "_task_display_name", "inlets", "outlets",
    ]

    init(_ task: JSONObject, id: String, vocabulary: Vocabulary, notes: NoteList) {
        self.task = task
        self.id = id
        self.vocabulary = vocabulary
        self.notes = notes
    }

    /// - Parameter base: the task so far, to which the settings are added.
    mutating func read(base: JSONObject) {
        json = base
        handled = Self.keys
        readTexts()
        readRule()
        readRetries()
        readPool()
        for key in ["depends_on_past", "wait_for_downstream"] where value(key) == true {
            carry(key, as: key, true)
        }
        for key in ["is_setup", "is_teardown"] where value(key) == true {
            if vocabulary.hasTeardown {
                json[String(key.dropFirst(3))] = true
            } else {
                notes.untranslated(
                    key, task: id, "true", advice: "a trigger_rule all_done runs a task in any case")
            }
        }
        if value("is_teardown") == true, value("on_failure_fail_dagrun") == true {
            carry("on_failure_fail_dagrun", as: "on_failure_fail_dagrun", true)
        }
        for key in ["max_active_tis_per_dag", "max_active_tis_per_dagrun"] {
            if let limit = value(key) { carry(key, as: key, limit) }
        }
        for key in ["inlets", "outlets"] { readAssets(key) }
        readEmail()
        reportSwitches()
    }

    private func value(_ key: String) -> JSONValue? {
        guard let found = task[key]?.unwrapped, !found.isNull else { return nil }
        return found
    }

    private mutating func readTexts() {
        let texts = [
            "task_display_name", "_task_display_name", "doc_md", "doc", "doc_rst", "doc_yaml", "doc_json",
        ]
        .compactMap { value($0) }.map { $0.stringValue ?? $0.text() }.filter { !$0.isEmpty }
        if !texts.isEmpty { json["description"] = .string(texts.joined(separator: "\n")) }
    }

    private mutating func readRule() {
        guard let rule = value("trigger_rule")?.stringValue, rule != "all_success" else { return }
        let older = ["dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"]
        let name = older[rule] ?? rule
        // The rule of teardowns, which nobody chooses.
        if rule == "all_done_setup_success" {
            if !vocabulary.hasTeardown { json["trigger_rule"] = "all_done" }
            return
        }
        guard TriggerRule(rawValue: name) != nil else {
            return notes.untranslated("trigger_rule", task: id, "\(rule): all_success is used")
        }
        json["trigger_rule"] = .string(name)
    }

    private mutating func readRetries() {
        guard let retries = value("retries")?.intValue, retries > 0 else { return }
        carry("retries", as: "retries", .integer(retries))
        if let delay = value("retry_delay"), delay.doubleValue != 300 {
            carry("retry_delay", as: "retry_delay", DurationValue.json(delay) ?? delay)
        }
        guard let backoff = value("retry_exponential_backoff"), backoff != false, backoff.doubleValue != 0
        else {
            return
        }
        carry("retry_exponential_backoff", as: "retry_exponential_backoff", backoff)
        if let longest = value("max_retry_delay") {
            carry("max_retry_delay", as: "max_retry_delay", DurationValue.json(longest) ?? longest)
        }
    }

    private mutating func readPool() {
        if let timeout = value("execution_timeout") {
            carry("execution_timeout", as: "execution_timeout", DurationValue.json(timeout) ?? timeout)
        }
        if let pool = value("pool")?.stringValue, pool != "default_pool" {
            let name = Names.cleaned(pool)
            json["pool"] = .string(name)
            notes.different(
                "pool", task: id, "the pool \"\(pool)\"", advice: "`orchestrator pools set \(name) SLOTS`")
        }
        if let slots = value("pool_slots"), slots != 1 { carry("pool_slots", as: "pool_slots", slots) }
        if let weight = value("priority_weight"), weight != 1 {
            carry("priority_weight", as: "priority_weight", weight)
        }
        if let rule = value("weight_rule"), rule != "downstream" {
            carry("weight_rule", as: "weight_rule", rule)
        }
    }

    private mutating func readEmail() {
        let events = AirflowNotices.events(value)
        guard let first = events.first else { return }
        guard vocabulary.hasTask([first.event: first.notice]) else {
            return notes.untranslated(
                "email", task: id, value("email")?.text() ?? "", advice: AirflowKeys.advice["email"] ?? "")
        }
        for (event, notice) in events { json[event] = notice }
        notes.different(
            "email", task: id, "e-mails go through the connection smtp_default",
            advice:
                "`orchestrator connections set smtp_default --type smtp --host HOST --extra '{\"from_email\": \"...\"}'`"
        )
    }

    private mutating func readAssets(_ key: String) {
        guard let assets = task[key], !assets.isNothing else { return }
        let elements = (assets.arrayValue == nil ? assets.unwrapped : assets).arrayValue ?? []
        let takesAliases = key == "outlets" && json["type"]?.stringValue != "noop"
        let translated = elements.map { element in
            AirflowAssets.asset(element) ?? (takesAliases ? AirflowAssets.alias(element) : nil)
        }
        let known = translated.compactMap(\.self)
        if !known.isEmpty {
            let names = zip(elements, translated).filter { $1 != nil }.flatMap { AirflowAssets.names($0.0) }
            carry(key, as: key, .array(known), shown: names.joined(separator: ", "))
            tellOfAliases(known)
        }
        for (other, known) in zip(elements, translated) where known == nil {
            let name = AirflowAssets.names(other).first ?? other.text()
            let reason =
                AirflowAssets.alias(other) == nil
                ? "only assets with a URI and aliases are known here"
                : key == "outlets"
                    ? "only a task that starts a program tells of updates under an alias"
                    : "an alias is updated and waited for here, never read"
            notes.untranslated(
                key, task: id, "\(name): \(reason)",
                advice: key == "outlets"
                    ? #"with a command of its own it has "outlets": [{"alias": ...}]"#
                    : "name the assets themselves")
        }
    }

    /// What a task updates under an alias it says in a file here, not to a Python object.
    private mutating func tellOfAliases(_ outlets: [JSONValue]) {
        let aliases = outlets.compactMap { $0["alias"]?.stringValue }
        guard !aliases.isEmpty, json["outlets"] != nil else { return }
        let example = JSONValue.object(["alias": .string(aliases[0]), "asset": "URI"]).text()
        notes.different(
            "outlets", task: id,
            "what is updated under \(aliases.joined(separator: ", ")) is a line in the file $ORCHESTRATOR_OUTLETS",
            advice: "echo '\(example)' >> \"$ORCHESTRATOR_OUTLETS\"")
    }

    private mutating func reportSwitches() {
        for key in ["start_date", "end_date"] {
            guard let date = value(key) else { continue }
            notes.untranslated(
                key, task: id, "\(AirflowDate.text(date) ?? date.text()): dates belong to the DAG",
                advice: "make a DAG of its own for it")
        }
        if value("ignore_first_depends_on_past") == false {
            notes.untranslated("ignore_first_depends_on_past", task: id, "false")
        }
    }

    private mutating func carry(_ key: String, as name: String, _ value: JSONValue, shown: String? = nil) {
        if vocabulary.hasTask([name: value]) {
            json[name] = value
        } else {
            notes.untranslated(key, task: id, shown ?? value.text(), advice: AirflowKeys.advice[key] ?? "")
        }
    }
}
