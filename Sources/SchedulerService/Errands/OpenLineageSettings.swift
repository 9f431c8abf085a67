/// Where OpenLineage events go.
package struct OpenLineageSettings: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        /// Posted one by one.
        case url(String, apiKey: String?)
        /// Appended, a line of JSON each.
        case file(String)
    }

    package var target: Target
    /// Of jobs, and of artifacts as datasets.
    package var namespace: String

    package init(target: Target, namespace: String) {
        self.target = target
        self.namespace = namespace
    }
}
