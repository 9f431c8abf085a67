import Glibc
import JSONText
import Testing

/// `http` tasks against a real server: a daemon's own API.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct HTTPTaskTests {
    @Test func theExampleAsksADaemon() throws {
        try Installation.with { installation in
            let example = Programs.project + "/dags/examples/http.json"
            try installation.dag("http", Files.text(example))
            let daemon = try installation.start()
            let token = try #require(Files.lines(installation.home + "/token").first)
            let run = try installation.call(
                "run", "http", "--param", "url=\(daemon.url)", "--param", "token=\(token)")
            #expect(run.status == 0, "\(run.errors)")
            let report = try installation.call("logs", "http", "latest", "report")
            #expect(
                report.output.hasPrefix("201 {") && report.output.contains(#""name":"from_http""#),
                "\(report.output)")
            let log = try installation.call("logs", "http", "latest", "add_pool").output
            #expect(log.contains("POST \(daemon.url)/api/v2/pools\n"))
            #expect(log.contains("  Authorization: ***\n"))
            #expect(log.contains("201 Created after "))
            #expect(!log.contains(token))
            let rendered = try installation.call(
                "tasks", "render", "http", "latest", "add_pool", "--output", "json"
            ).json()
            #expect(rendered["http"]?["url"] == .string(daemon.url + "/api/v2/pools"))
            #expect(rendered["http"]?["headers"]?["Authorization"] == "***")
            #expect(try installation.call("pools", "list", "--output", "json").output.contains("from_http"))
        }
    }

    @Test func failsOnOtherStatusesAndWithoutAServer() throws {
        try Installation.with { installation in
            try installation.dag(
                "bad",
                #"""
                {"dag_id": "bad", "params": {"url": ""}, "tasks": [
                 {"task_id": "refused", "http": {"url": "{{ params.url }}/api/v2/dags"}},
                 {"task_id": "expected", "http": {"url": "{{ params.url }}/api/v2/dags", "expected_status": 401}},
                 {"task_id": "nobody", "retries": 1, "retry_delay": 0, "http": {"url": "http://127.0.0.1:1/x?key=secret"}},
                 {"task_id": "no_url", "http": {"url": "{{ params.url }}:x y"}}]}
                """#)
            let daemon = try installation.start()
            let (status, run) = try installation.run("bad", "--param", "url=\(daemon.url)")
            #expect(status == 1)
            #expect(
                run.states == [
                    "refused": "failed", "expected": "success", "nobody": "failed", "no_url": "failed",
                ])
            #expect(run.tries("nobody") == 2)
            let log = try installation.call("logs", "bad", "latest", "refused").output
            #expect(log.contains("error: the status 401 is not an expected one"))
            let nobody = try installation.call("logs", "bad", "latest", "nobody").output
            #expect(nobody.contains("http://127.0.0.1:1/x?...: Connection refused"), "\(nobody)")
            #expect(!nobody.contains("secret"))
        }
    }

    @Test func endsOnItsTimeoutsAndOnRequest() throws {
        try Installation.with { installation in
            let listener = try SilentListener()
            try installation.dag(
                "slow",
                #"""
                {"dag_id": "slow", "tasks": [
                 {"task_id": "own", "http": {"url": "http://127.0.0.1:\#(listener.port)/", "timeout": "200ms"}},
                 {"task_id": "task", "execution_timeout": "300ms", "http": {"url": "http://127.0.0.1:\#(listener.port)/"}}]}
                """#)
            try installation.dag(
                "endless",
                #"{"dag_id": "endless", "tasks": [{"task_id": "t", "http": {"url": "http://127.0.0.1:\#(listener.port)/"}}]}"#
            )
            try installation.start()
            let (status, run) = try installation.run("slow")
            #expect(status == 1)
            #expect(run.states == ["own": "failed", "task": "failed"])
            #expect(
                try installation.call("logs", "slow", "latest", "own").output
                    .contains("no whole answer within 200 ms"))
            #expect(
                try installation.call("why", "slow", "latest", "task").output.contains("execution_timeout"))
            let id = try installation.call("trigger", "endless").line
            try installation.waiting.until("the request is made") {
                let log = try installation.call("logs", "endless", id, "t").output
                return log.contains("GET http://") ? true : nil
            }
            #expect(try installation.call("runs", "cancel", "endless", id).status == 0)
            try installation.waiting.until("the run is over") {
                let run = try installation.call("runs", "show", "endless", id, "--output", "json")
                return RunView(json: try run.json()).state == "cancelled" ? true : nil
            }
        }
    }

    @Test func aSensorAsksAgain() throws {
        try Installation.with { installation in
            try installation.dag(
                "wait",
                #"""
                {"dag_id": "wait", "params": {"token": "", "url": ""}, "tasks": [
                 {"task_id": "pool", "type": "sensor", "poke_interval": "50ms",
                  "http": {"url": "{{ params.url }}/api/v2/pools/late", "headers": {"Authorization": "Bearer {{ params.token }}"}}},
                 {"task_id": "after", "depends_on": ["pool"], "command": ["echo", "{{ outputs.pool.body | tojson }}"]}]}
                """#)
            let daemon = try installation.start()
            let token = try #require(Files.lines(installation.home + "/token").first)
            let id = try installation.call(
                "trigger", "wait", "--param", "token=\(token)", "--param", "url=\(daemon.url)"
            ).line
            try installation.waiting.until("the first answer") {
                try installation.call("logs", "wait", id, "pool").output.contains("404") ? true : nil
            }
            #expect(try installation.call("pools", "set", "late", "7").status == 0)
            let end = try installation.call("runs", "wait", "wait", id)
            #expect(end.status == 0, "\(end.errors)")
            #expect(try installation.call("logs", "wait", id, "after").output.contains(#""slots":7"#))
        }
    }
}

/// A port that takes connections and never answers.
private final class SilentListener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = descriptor
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard descriptor >= 0, result else { throw HarnessError("no port: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
