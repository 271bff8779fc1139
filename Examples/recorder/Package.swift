// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that it takes no time when Varve is built: swift run --package-path Examples/recorder
let package = Package(
    name: "recorder",
    dependencies: [.package(name: "varve", path: "../..")],
    targets: [
        .executableTarget(name: "recorder", dependencies: [.product(name: "Storage", package: "varve")])
    ],
    swiftLanguageModes: [.v6]
)
