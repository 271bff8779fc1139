// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that it takes no time when Varve is built: swift run --package-path Examples/library
let package = Package(
    name: "library",
    dependencies: [.package(name: "varve", path: "../..")],
    targets: [
        .executableTarget(
            name: "library",
            dependencies: [
                .product(name: "Storage", package: "varve"),
                .product(name: "Analysis", package: "varve"),
                .product(name: "Questions", package: "varve"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
