import Glibc
import JSONText

/// A real MLflow server of the person's own, which can be stopped and started again at its port.
final class MLflowServer {
    private let installation: Installation
    let folder: String
    private(set) var port = 0
    private var server: TestServer?
    private let security: [String]

    /// - Parameter security: the files of a certificate and its key, and the token.
    init(_ installation: Installation, security: [String] = []) throws {
        self.installation = installation
        self.security = security
        folder = installation.path("mlflow")
        try start()
    }

    var url: String { (security.isEmpty ? "http" : "https") + "://127.0.0.1:\(port)" }

    func start() throws {
        unlink(folder + "/port")
        let server = try TestServer(
            "mlflow_server", installation, ["\(port)"] + security, folder: folder)
        port = server.port
        self.server = server
    }

    func stop() { server = nil }

    static let python = Programs.project + "/.cache/tests/bin/python"

    /// What the real client sees of a model and an experiment.
    func view(_ model: String, _ experiment: String, _ options: String...) throws -> JSONValue {
        let output = installation.path("view")
        var environment = [
            "PATH": "/usr/bin:/bin", "HOME": installation.folder, "LANG": "C.UTF-8",
            "LC_INSTALLATION": installation.folder, "MLFLOW_TRACKING_URI": url, "PYTHONWARNINGS": "ignore",
            "PYTHONDONTWRITEBYTECODE": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        ]
        if security.count == 3 {
            environment["MLFLOW_TRACKING_SERVER_CERT_PATH"] = security[0]
            environment["MLFLOW_TRACKING_TOKEN"] = security[2]
        }
        let process = try ChildProcess(
            Self.python,
            [Programs.project + "/Tests/EndToEndTests/Servers/mlflow_view.py", model, experiment] + options,
            environment: environment, folder: installation.folder, output: output, errors: output + ".errors")
        guard try process.wait(seconds: 120) == .exited(0) else {
            throw HarnessError("the view failed: \(Files.text(output + ".errors"))")
        }
        // Libraries may have said something before.
        return try JSONValue.parse(Files.lines(output).last ?? "")
    }
}
