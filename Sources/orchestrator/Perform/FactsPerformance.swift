import ArgumentParser
import DAGDomain
import DataProfiling
import JSONText

/// `perform facts`: what is in a table, for the record of artifacts.
struct PerformFactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "facts", shouldDisplay: false)

    @Argument var file: String

    func run() throws {
        let specification = try PerformCommand.specification(file)
        guard let path = specification["path"]?.stringValue,
            let format = specification["format"]?.stringValue.flatMap(DatasetFacts.Format.init(rawValue:)),
            let result = specification["result"]?.stringValue
        else { throw CommandFailure(.badData, "this is not what the scheduler wrote") }
        let facts = DatasetReading().facts(path, format)
        try FileAccess.replace(result, text: JSONValue.object(facts.json).text())
    }
}
