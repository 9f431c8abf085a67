extension BadFile {
    private static func task(_ keys: String) -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "t", "command": "x",
        \(keys)}]}
        """
    }

    /// `select` and `early_stopping`.
    static let trials = [
        BadFile(
            "a selection of one", task(#""select":{"metric":"m"}"#),
            #"2:1: "select" needs "expand", "expand_kwargs" or "matrix""#),
        BadFile(
            "a selection by nothing", task(#""matrix":{"a":[1]},"select":{"mode":"max"}"#),
            #"2:29: select needs "metric""#),
        BadFile(
            "an unknown mode", task(#""matrix":{"a":[1]},"select":{"metric":"m","mode":"best"}"#),
            #"2:50: "mode" has the unknown value "best"; expected one of "max", "min""#),
        BadFile(
            "a key of the other rule",
            task(#""matrix":{"a":[1]},"early_stopping":{"metric":"m","reduction":3}"#),
            #"2:51: "reduction" is for the rule "successive_halving""#),
        BadFile(
            "no grace", task(#""matrix":{"a":[1]},"early_stopping":{"metric":"m","grace_steps":0}"#),
            #"2:65: "grace_steps" must be at least 1, found 0"#),
    ]
}
