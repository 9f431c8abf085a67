import Testing

@testable import DAGImport

@Suite struct NamesTests {
    @Test func everyNameBecomesAnIdOfItsOwn() {
        var names = Names()
        #expect(names.id(for: "load") == "load")
        #expect(names.id(for: "load") == "load")
        #expect(names.newID(for: "load") == "load-2")
        #expect(names.id(for: "train@cnn") == "train_cnn")
        #expect(names.id(for: "train cnn") == "train_cnn-2")
        #expect(names.id(for: ".hidden") == "_.hidden")
        #expect(names.id(for: "") == "_")
        #expect(names.id(for: "größe") == "gr__e")
        #expect(names.id(for: String(repeating: "a", count: 300)).count == 120)
    }

    @Test func variablesHaveNoDots() {
        #expect(Names.variable("data_interval_start | ds") == "data_interval_start___ds")
        #expect(Names.variable("1st") == "_1st")
    }
}
