import DAGDomain
import Testing

@testable import DAGLoading

/// Names and filters that are not understood, and where the mistake is said to be.
@Suite struct TemplateVocabularyTests {
    private func errors(_ text: String) -> [String] {
        DAGLoadingTests.errors(
            #"{"dag_id":"d","params":{"rate":1},"tasks":[{"id":"c","command":["run","\#(text)"]}]}"#)
    }

    /// The column at which the text in the file begins, without its quote.
    private static let column = 72

    @Test(arguments: [
        ("{{ run_ip }}", 3, "{{ run_ip }}: \"run_ip\" is not a known name; did you mean \"run_id\"?"),
        ("at {{ dss }}", 6, "{{ dss }}: \"dss\" is not a known name; did you mean \"ds\"?"),
        (
            "{{ ti.tri_number }}", 3,
            "{{ ti.tri_number }}: \"ti.tri_number\" is not a known name; did you mean \"ti.try_number\"?"
        ),
        ("{{ ti.xcom_pull('a') }}", 3, "is not known here; write {{ outputs.TASK.NAME }}"),
        ("{{ execution_date }}", 3, "is not known here; write {{ logical_date }}"),
        ("{{ macros.ds_add(ds, 5) }}", 3, "write a filter such as {{ ds | add_days(-1) }}"),
        ("{{ yesterday_ds }}", 3, "write {{ ds | add_days(-1) }}"),
        ("{{ inlets }}", 3, "is not supported yet"),
        ("{{ dag_run.entirely_unknown }}", 3, "there are dag_run.dag_id, dag_run.run_id"),
        ("{{ zebra }}", 3, "is not a known name; docs/dag-file.md lists them"),
        ("{{ params.rat }}", 3, "{{ params.rat }}: no such param; did you mean \"rate\"?"),
        ("{{ dag_run.conf.rat }}", 3, "{{ dag_run.conf.rat }}: no such param; did you mean \"rate\"?"),
        ("{{ outputs.a }}", 3, "is not understood; write {{ outputs.TASK.NAME }}"),
        ("{{ var.value }}", 3, "is not understood; write {{ var.value.KEY }} or {{ var.json.KEY.PATH }}"),
        ("{{ conn.db }}", 3, "is not understood; write {{ conn.ID.FIELD }}"),
        ("{{ conn.db.pasword }}", 3, "a connection has no field \"pasword\"; did you mean \"password\"?"),
        ("{{ ds | ds_nodahs }}", 8, "there is no filter \"ds_nodahs\"; did you mean \"ds_nodash\"?"),
        ("{{ ds | wrong }}", 8, "there is no filter \"wrong\"; there are ds, ds_nodash"),
        ("{{ ds | add_days }}", 8, "the filter is written add_days(NUMBER)"),
        ("{{ ds | add_days('1') }}", 8, "the filter is written add_days(NUMBER)"),
        ("{{ ds | default }}", 8, "the filter is written default(VALUE, [true])"),
        ("{{ ds | date('%Q') }}", 8, "the date format has the unknown directive %Q; there are %Y %y"),
        ("{{ ds | date('%') }}", 8, "the date format has the unknown directive %;"),
        (
            "{{ ds | in_timezone('Europe/Berln') }}", 8,
            "\"Europe/Berln\" is not a time zone; did you mean \"Europe/Berlin\"?"
        ),
        ("{{ ds | }}", 8, "needs the name of a filter after \"|\""),
        ("{{ notice.text }}", 3, "{{ notice.text }}: only a notice has it"),
        ("{{ 7*7 }}", 3, "\"7\" is not a known name"),
        ("{{ ds * 7 }}", 6, "is not understood; write {{ NAME }} or {{ NAME | FILTER }}"),
        ("{{ params['rate'] }}", 9, "write {{ params.NAME }} instead of params['NAME']"),
        ("{{}}", 2, "is not understood; write a name"),
        ("{{ ds | date('%Y }}", 13, "has a text whose quotation mark is not closed"),
        ("{{ ds | default(1.5) }}", 16, "needs a number or a quoted text as the argument of a filter"),
    ])
    func saysWhatAndWhere(_ text: String, _ offset: Int, _ message: String) throws {
        let error = try #require(errors(text).first)
        #expect(errors(text).count == 1)
        #expect(error.contains(message), "\(error)")
        #expect(error.hasPrefix("1:\(Self.column + offset): "), "\(error)")
    }

    @Test func countsEscapesAsWideAsTheyAre() {
        let error = errors(#"\n\u0041\ud83d\ude00é {{ dss }}"#).first ?? ""
        #expect(error.hasPrefix("1:\(Self.column + 2 + 6 + 12 + 1 + 1 + 3): "), "\(error)")
    }

    @Test func everyNameAndFilterIsAccepted() {
        for name in TemplateName.allCases where !name.isOfNotice {
            #expect(errors("{{ \(name.rawValue) }}").isEmpty, "\(name)")
        }
        for kind in TemplateFilter.Kind.allCases {
            let words = kind.signature.needed.map(\.word).map {
                $0 == "NUMBER" ? "3" : $0 == "VALUE" ? "'v'" : $0
            }
            let arguments = words.isEmpty ? "" : "(\(words.joined(separator: ", ")))"
            #expect(errors("{{ ds | \(kind.rawValue)\(arguments) }}").isEmpty, "\(kind)")
        }
    }
}
