public import Analysis
public import ArgumentParser
import Questions
import Storage

/// Pictures of what was recorded.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        "plot",
        PackageResources.plot_txt,
        subcommands: [PlotProfile.self, PlotHistory.self, PlotTraining.self, PlotCurves.self, PlotScatter.self]
    )
}

/// A command that draws one picture.
protocol PictureCommand: ParsableCommand {
    var picture: PictureOptions { get }
    var common: CommonOptions { get }

    /// Refuses options that do not go together, before anything is read.
    func check() throws

    /// Asks what the picture shows.
    func markup(of store: Store, _ style: PictureStyle) throws -> String
}

extension PictureCommand {
    func check() {}

    func run() throws {
        let style = try picture.style()
        try check()
        let store = try common.openForQuestions()
        let svg = try markup(of: store, style)
        guard picture.output == "-" else {
            try PictureFormat.write(svg, of: store, to: picture.output)
            return common.notice("wrote \(picture.output)")
        }
        let output = common.output()
        try output.write(svg)
        try output.finish()
    }
}

/// Where a picture goes, and how it looks.
struct PictureOptions: ParsableArguments {
    @Option(
        help: .value("file", "The file to write: .svg, .png or .pdf; - for SVG on standard output."),
        completion: .file()
    )
    var output: String

    @Option(help: .value("pixels", "How wide it is, in pixels."))
    var width = 800

    @Option(help: .value("text", "Its title, in place of the one it would have."))
    var title: String?

    @Option(help: .value("theme", "light, dark, or auto: what the reader's system asks for (SVG)."))
    var theme = Theme.auto

    /// The looks, once the options are found to be right: before anything is read.
    fileprivate func style() throws -> PictureStyle {
        if output != "-" { _ = try PictureFormat(ofFile: output) }
        let widths = PictureStyle.widths
        guard widths.contains(width) else {
            throw UsageError("--width \(width): give a number from \(widths.lowerBound) to \(widths.upperBound)")
        }
        return PictureStyle(width: width, title: title, theme: theme)
    }
}

extension Theme: ExpressibleByArgument {}
