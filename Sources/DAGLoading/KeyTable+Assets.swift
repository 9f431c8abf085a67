import DAGDomain

/// The keys of assets, in schedules and tasks.
extension KeyTable {
    static let assetKeys = [
        KeyRule("inlets", .inlets, "Assets that the task reads, for the record."),
        KeyRule(
            "outlets", .outlets,
            "Assets that the task's success updates, and aliases under which it tells of updates; DAGs that are "
                + "scheduled on them may start."),
    ]

    private static func descriptionKeys(isRequired: Bool) -> [KeyRule] {
        [
            KeyRule(
                "uri", .string(.asset), isRequired: isRequired,
                "What names the asset, such as s3://bucket/orders."),
            KeyRule("name", .string(.asset), "What people call the asset; the URI if absent."),
            KeyRule("group", .string(.asset), "A word to sort assets by; \"asset\" if absent."),
            KeyRule("extra", .map(.anything, names: .any), "More about the asset, as any JSON object."),
        ]
    }

    static let asset = KeyTable(
        "an asset", descriptionKeys(isRequired: true),
        foreignWords: ["url": "uri", "path": "uri", "id": "uri", "metadata": "extra"],
        misplacedWords: [
            "watch": "files are watched for the assets in a \"schedule\"",
            "alias": "aliases stand in \"outlets\" and in the assets of a \"schedule\"",
        ])

    static let outlet = KeyTable(
        "an outlet",
        descriptionKeys(isRequired: false) + [
            KeyRule(
                "alias", .string(.asset),
                "The task tells in $ORCHESTRATOR_OUTLETS which assets it has updated under this name.")
        ], needsOneOf: ["uri", "alias"], foreignWords: asset.foreignWords,
        misplacedWords: ["watch": "files are watched for the assets in a \"schedule\""])

    static let assetCondition = KeyTable(
        "an asset condition",
        descriptionKeys(isRequired: false) + [
            KeyRule(
                "watch", .either([.string(.nonEmpty), .object(.fileWatch)]),
                "Files whose appearance or change updates the asset: a path or a pattern."),
            KeyRule(
                "alias", .string(.asset),
                "One of the assets that tasks have updated under this alias must have been updated."),
            KeyRule("all", .assetParts, "Every one of these must have been updated."),
            KeyRule("any", .assetParts, "One of these must have been updated."),
        ], needsOneOf: ["uri", "alias", "all", "any"],
        foreignWords: ["and": "all", "or": "any", "url": "uri", "path": "uri", "watchers": "watch"])

    static let fileWatch = KeyTable(
        "watch",
        [
            KeyRule(
                "path", .string(.nonEmpty), aliases: ["filepath"], isRequired: true,
                "Relative to the DAG file's folder; * and ? may stand in its last part."),
            KeyRule(
                "poke_interval", .duration(allowsZero: false),
                "How often to look where the system does not tell of changes; 60 seconds if absent."),
            KeyRule(
                "settle", .duration(allowsZero: true),
                "How long a file must have been left alone to count as complete; 1 second if absent."),
        ])
}

extension Shape {
    static let inlets = Shape.array(.either([.string(.asset), .object(.asset)]))
    static let outlets = Shape.array(.either([.string(.asset), .object(.outlet)]))

    /// `assets` of a schedule.
    static let assetCondition = Shape.either([.string(.asset), .assetParts, .object(.assetCondition)])

    static let assetParts = Shape.array(
        .either([.string(.asset), .object(.assetCondition)]), minimum: 1,
        maximum: AssetCondition.maximumAssets)
}
