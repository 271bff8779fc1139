// swift-tools-version: 6.2
import PackageDescription

// Versions are exact because Package.resolved is not committed (its ids differ between mirrors).
let package = Package(
    name: "varve",
    products: [
        .library(name: "Storage", targets: ["Storage"]),
        .library(name: "Analysis", targets: ["Analysis"]),
        .library(name: "Questions", targets: ["Questions"]),
        .executable(name: "varve", targets: ["varve"]),
    ],
    dependencies: [
        // Commands, options, help texts and shell completions.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // SHA-256, the digest of everything Varve records.
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        // The server. Its traits would bring all of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "CKernels"),
        .target(name: "CArguments"),
        .target(name: "CKeeper"),
        .target(
            name: "Storage",
            dependencies: ["CSQLite", .product(name: "Crypto", package: "swift-crypto")],
            resources: [.embedInCode("Migrations"), .embedInCode("Queries")]
        ),
        .target(
            name: "Runner",
            dependencies: ["CKernels", "Storage", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "Analysis"),
        .target(name: "Questions", dependencies: ["Analysis", "Storage"]),
        // The files of Sources/Server/Web, in the binary.
        .target(name: "CWeb"),
        .target(
            name: "Server",
            dependencies: [
                "Analysis", "CWeb", "Questions", "Storage",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Web"]
        ),
        .executableTarget(
            name: "varve",
            dependencies: [
                "Analysis", "CArguments", "CKeeper", "Questions", "Runner", "Server", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Help")]
        ),
        // Measures; not part of the tests.
        .executableTarget(
            name: "varve-bench",
            dependencies: ["CBench", "CKernels", "Runner", "Storage"],
            path: "Benchmarks/varve-bench"
        ),
        .target(name: "CBench", path: "Benchmarks/CBench"),
        // Reads hostile inputs; Scripts/fuzz builds it with libFuzzer.
        .executableTarget(
            name: "varve-fuzz",
            dependencies: ["CFuzz", "Runner", "Storage"],
            path: "Benchmarks/varve-fuzz"
        ),
        .target(name: "CFuzz", path: "Benchmarks/CFuzz"),
        // What the tests of several modules need.
        .target(name: "TestSupport", path: "Tests/Support"),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "RunnerTests",
            dependencies: ["Runner", "CKernels", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis"], resources: [.copy("Fixtures")]),
        .testTarget(name: "QuestionsTests", dependencies: ["Questions", "TestSupport"]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Analysis", "Questions", "Server", "Storage", "TestSupport",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .testTarget(name: "varveTests", dependencies: ["varve", "Storage", "TestSupport"], exclude: ["Expected"]),
    ],
    swiftLanguageModes: [.v6]
)

// In CI and `make check` a warning is an error; not for everyone, so that a newer compiler still builds.
let warnings: [SwiftSetting] =
    Context.environment["VARVE_WARNINGS"] == "error" ? [.treatAllWarnings(as: .error)] : []

for target in package.targets
where target.type != .system && !["CArguments", "CKeeper", "CKernels", "CBench", "CFuzz", "CWeb"].contains(target.name)
{
    target.swiftSettings =
        [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ] + warnings
}
