/// How the program ends, in the words of sysexits.h; docs/cli.md lists them. No other file names a number.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    /// The run, or the thing that was asked for, failed.
    case failed = 1
    case wrongUsage = 64
    /// A DAG file, an expression, parameters, or the database.
    case badData = 65
    /// No such DAG, run, task or file.
    case notFound = 66
    /// No daemon can be reached.
    case unavailable = 69
    case ownFault = 70
    /// Another process holds the home.
    case homeLocked = 73
    /// Reading or writing failed, or the port is taken.
    case inputOutput = 74
    case tryLater = 75
    case notPermitted = 77
    case badConfiguration = 78

    /// What an answer of the API other than success means here.
    init(httpStatus: Int) {
        self =
            switch httpStatus {
            case 200..<300: .done
            case 401, 403: .notPermitted
            case 404, 410: .notFound
            case 400, 405, 409, 413, 415, 422: .badData
            case 408, 425, 429, 503: .tryLater
            default: .ownFault
            }
    }
}
