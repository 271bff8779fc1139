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
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "CKernels"),
        .target(name: "CArguments"),
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
        .executableTarget(
            name: "varve",
            dependencies: [
                "Analysis", "CArguments", "Questions", "Runner", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
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
        .testTarget(name: "varveTests", dependencies: ["varve", "Storage", "TestSupport"], exclude: ["Expected"]),
    ],
    swiftLanguageModes: [.v6]
)

// In CI and `make check` a warning is an error; not for everyone, so that a newer compiler still builds.
let warnings: [SwiftSetting] =
    Context.environment["VARVE_WARNINGS"] == "error" ? [.treatAllWarnings(as: .error)] : []

for target in package.targets
where target.type != .system && !["CArguments", "CKernels", "CBench", "CFuzz"].contains(target.name) {
    target.swiftSettings =
        [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ] + warnings
}
