/// How a task brings a version of a model into service (`deploy` in a DAG file).
package struct DeployPlan: Hashable, Sendable {
    package enum Strategy: String, Hashable, Sendable, CaseIterable {
        /// The new version takes the place of the old one.
        case replace
        /// The new version starts beside the old one, and gets all requests when it is healthy.
        case blueGreen = "blue_green"
        /// The new version gets more and more of the requests.
        case canary
        /// The new version gets copies of requests, and nobody hears its answers.
        case shadow
    }

    /// One call of the task's command.
    package struct Step: Hashable, Sendable {
        /// The part of the requests that the new version answers after it.
        package let percent: Int
        /// How long to wait before its health is looked at.
        package let wait: Duration

        package init(percent: Int, wait: Duration = .zero) {
            self.percent = percent
            self.wait = wait
        }
    }

    /// A program: a text for `/bin/sh -c`, or the program and its arguments.
    package enum Program: Hashable, Sendable {
        case shell(String)
        case arguments([TemplateText])

        package var templates: [TemplateText] {
            switch self {
            case .shell: []
            case .arguments(let texts): texts
            }
        }
    }

    /// How it is told that the service works.
    package struct Health: Hashable, Sendable {
        package enum Look: Hashable, Sendable {
            /// A GET that is answered with this status.
            case http(TemplateText, status: ClosedRange<Int>)
            /// The same; the command says where, by an output.
            case told(output: String, status: ClosedRange<Int>)
            /// A program that ends with 0.
            case program(Program)
        }

        package let look: Look
        /// Looks after the first that fails.
        package let retries: Int
        /// Between two looks.
        package let interval: Duration
        /// One look, at most.
        package let timeout: Duration
        /// All looks of a step together; nil is as long as the retries last.
        package let deadline: Duration?

        package static let defaultRetries = 10
        package static let defaultInterval = Duration.seconds(1)
        package static let defaultTimeout = Duration.seconds(5)

        package init(
            look: Look, retries: Int = defaultRetries, interval: Duration = defaultInterval,
            timeout: Duration = defaultTimeout, deadline: Duration? = nil
        ) {
            self.look = look
            self.retries = retries
            self.interval = interval
            self.timeout = timeout
            self.deadline = deadline
        }
    }

    /// What is done when the new version does not work.
    package enum Rollback: Hashable, Sendable {
        /// The task's own command, with the version before.
        case command
        case program(Program)
        case none
    }

    package var strategy: Strategy
    package var steps: [Step]
    package var health: Health?
    package var rollback: Rollback

    package init(
        strategy: Strategy = .replace, steps: [Step]? = nil, health: Health? = nil,
        rollback: Rollback = .command
    ) {
        self.strategy = strategy
        self.steps = steps ?? strategy.usualSteps
        self.health = health
        self.rollback = rollback
    }

    package func replacing(_ change: (TemplateText) -> TemplateText) -> DeployPlan {
        func replaced(_ program: Program) -> Program {
            if case .arguments(let texts) = program { .arguments(texts.map(change)) } else { program }
        }
        var plan = self
        if case .program(let program) = rollback { plan.rollback = .program(replaced(program)) }
        guard let health else { return plan }
        let look: Health.Look =
            switch health.look {
            case .http(let url, let status): .http(change(url), status: status)
            case .told: health.look
            case .program(let program): .program(replaced(program))
            }
        plan.health = Health(
            look: look, retries: health.retries, interval: health.interval, timeout: health.timeout,
            deadline: health.deadline)
        return plan
    }

    /// For a version that was in service before: a canary does not go through its steps again.
    package var again: DeployPlan {
        var plan = self
        if strategy == .canary { plan.steps = [Step(percent: 100)] }
        return plan
    }

    /// Every text in it with places to fill in.
    package var templates: [TemplateText] {
        var templates: [TemplateText] = []
        switch health?.look {
        case .http(let url, _)?: templates.append(url)
        case .program(let program)?: templates += program.templates
        case .told?, nil: break
        }
        if case .program(let program) = rollback { templates += program.templates }
        return templates
    }
}

extension DeployPlan.Strategy {
    /// The steps when the file gives none.
    package var usualSteps: [DeployPlan.Step] {
        switch self {
        case .replace: [DeployPlan.Step(percent: 100)]
        case .blueGreen: [DeployPlan.Step(percent: 0), DeployPlan.Step(percent: 100)]
        case .canary: [10, 50, 100].map { DeployPlan.Step(percent: $0) }
        case .shadow: [DeployPlan.Step(percent: 0)]
        }
    }

    /// The alias that moves when the file names none: a shadow serves nobody.
    package var usualAlias: AliasName { self == .shadow ? AliasName("shadow") : .champion }
}
