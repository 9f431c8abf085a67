/// Certificates that tests make for themselves.
enum Certificate {
    /// `cert.pem` and `key.pem` for `localhost` and 127.0.0.1.
    static func make(in folder: String) throws {
        try Files.makeFolder(folder)
        let process = try ChildProcess(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                folder + "/key.pem", "-out", folder + "/cert.pem",
            ], environment: ["PATH": "/usr/bin:/bin"], folder: "/")
        guard try process.wait(seconds: 30) == .exited(0) else {
            throw HarnessError("openssl made no certificate")
        }
    }
}
