import DAGDomain

/// The keys by which people are told how runs and tasks go.
extension KeyTable {
    /// Of DAGs, or of tasks and `default_args`.
    static func noticeKeys(ofRuns: Bool) -> [KeyRule] {
        let events = NoticeEvent.allCases.filter { !ofRuns || $0.isOfRuns }.map { event in
            KeyRule(
                event.rawValue, .notices, aliases: ["\(event.rawValue)_callback"],
                "Who is told when \(ofRuns ? event.textOfRuns : event.textOfTasks).")
        }
        let deadline = KeyRule(
            "deadline", .either([.object(.deadline), .array(.object(.deadline))]), aliases: ["deadlines"],
            "By when \(ofRuns ? "a run" : "the task") must have started or ended, and who is told if not.")
        return events + [deadline]
    }

    /// Events that a DAG has not, with what to do instead.
    static let taskNoticeWords = Dictionary(
        uniqueKeysWithValues: NoticeEvent.allCases.filter { !$0.isOfRuns }
            .flatMap { [$0.rawValue, "\($0.rawValue)_callback"] }
            .map { ($0, "it belongs to tasks; default_args gives it to all of them") })

    static let notice = KeyTable(
        "a notice",
        [
            KeyRule(
                "command", .either([.string(.nonEmpty), .array(.string(.any), minimum: 1)]),
                "What to run: a string goes to /bin/sh -c as it is, an array is a program and its arguments, "
                    + "which may contain templates. The facts are in its environment."),
            KeyRule(
                "webhook", .either([.string(.nonEmpty), .object(.webhook)]),
                "The URL to which the notice is posted as JSON."),
            KeyRule(
                "email",
                .either([.string(.nonEmpty), .array(.string(.nonEmpty), minimum: 1), .object(.email)]),
                "Who gets an e-mail."),
            KeyRule(
                "retries", .integer(0...1_000),
                "Extra tries when it cannot be sent; \(NoticeAction.standardRetries) if absent."),
            KeyRule(
                "retry_delay", .duration(allowsZero: true),
                "The wait before the second try, doubled before each further one; 10 seconds if absent."),
            KeyRule(
                "timeout", .duration(allowsZero: false), "How long a try may take; 60 seconds if absent."),
        ],
        needsOneOf: RoleKeys.noticeKinds,
        foreignWords: [
            "url": "webhook", "http": "webhook", "slack": "webhook", "to": "email", "run": "command",
            "mail": "email", "smtp": "email", "script": "command", "callback": "command",
        ])

    static let webhook = KeyTable(
        "webhook",
        [
            KeyRule(
                "url", .string(.nonEmpty), aliases: ["endpoint"], isRequired: true,
                "Where to; https://, or http:// on this machine. May contain templates."),
            KeyRule(
                "secret", .string(.nonEmpty),
                "The key of the signature in the header webhook-signature (HMAC-SHA256). May contain templates."
            ),
            KeyRule(
                "headers", .map(.either([.string(.any), .number, .boolean]), names: .header),
                "Further headers. Values may contain templates."),
            KeyRule(
                "body", .anything,
                "What is posted instead of the notice. Texts in it may contain templates."),
            KeyRule(
                "insecure", .boolean,
                "Whether http:// to another machine is allowed; false if absent."),
        ], foreignWords: ["uri": "url", "key": "secret", "payload": "body", "json": "body"])

    static let email = KeyTable(
        "email",
        [
            KeyRule(
                "to", .either([.string(.nonEmpty), .array(.string(.nonEmpty), minimum: 1)]), isRequired: true,
                "Addresses. May contain templates."),
            KeyRule(
                "cc", .either([.string(.nonEmpty), .array(.string(.nonEmpty), minimum: 1)]),
                "More addresses. May contain templates."),
            KeyRule(
                "from", .string(.nonEmpty), aliases: ["from_email"],
                "The sender; that of the connection if absent. May contain templates."),
            KeyRule("subject", .string(.nonEmpty), "Says what happened if absent. May contain templates."),
            KeyRule(
                "body", .string(.nonEmpty), aliases: ["text"],
                "Says what happened if absent. May contain templates."),
            KeyRule(
                "connection", .string(.nonEmpty), aliases: ["conn_id"],
                "The id of the connection of type smtp; \"smtp_default\" if absent."),
        ],
        foreignWords: [
            "recipients": "to", "title": "subject", "html_content": "body", "server": "connection",
        ])

    static let deadline = KeyTable(
        "a deadline",
        [
            KeyRule(
                Deadline.Goal.started.rawValue, .deadlineTime,
                "It must have started so long after the reference, or at a time of the day."),
            KeyRule(
                Deadline.Goal.finished.rawValue, .deadlineTime,
                "It must have ended so long after the reference, or at a time of the day."),
            KeyRule(
                "average_runtime", .number,
                "It may take so many times as long as the newest successful ones took on average."),
            KeyRule(
                "reference", .choice(Deadline.Reference.allCases.map(\.rawValue)), aliases: ["from"],
                "From when the time counts; \"queued_at\" of the run if absent, for tasks \"start_date\" of the run."
            ),
            KeyRule(
                "runs", .integer(1...1_000),
                "For average_runtime: how many of the newest successful runs count; 10 if absent."),
            KeyRule(
                "min_runs", .integer(1...1_000),
                "For average_runtime: with fewer there is no deadline; 3 if absent."),
            KeyRule(
                "notify", .notices, aliases: ["callback"],
                "Who is told; without it a missed deadline is only recorded."),
        ],
        needsOneOf: RoleKeys.deadlineKinds,
        foreignWords: [
            "interval": "not_finished_by", "finished_by": "not_finished_by", "started_by": "not_started_by",
            "sla": "not_finished_by", "duration": "not_finished_by", "average": "average_runtime",
            "action": "notify", "on_miss": "notify",
        ])

    static let deadlineTime = KeyTable(
        "a time of the day",
        [
            KeyRule(
                "time", .string(.timeOfDay), isRequired: true,
                "The first such time of the day, in the DAG's zone, that is not before the reference.")
        ], foreignWords: ["time_of_day": "time", "at": "time"])
}

extension Shape {
    static let notices = Shape.either([.object(.notice), .array(.object(.notice))])
    fileprivate static let deadlineTime = Shape.either([
        .duration(allowsZero: true), .object(.deadlineTime),
    ])
}

extension NoticeEvent {
    fileprivate var textOfRuns: String {
        switch self {
        case .execute: "a run begins"
        case .success: "a run was a success"
        case .failure: "a run has failed"
        case .retry, .skipped: rawValue
        }
    }

    fileprivate var textOfTasks: String {
        switch self {
        case .execute: "the task begins to run"
        case .success: "the task was a success"
        case .failure: "the task has failed for good"
        case .retry: "a try has failed and another one follows"
        case .skipped: "the task skipped itself"
        }
    }
}
