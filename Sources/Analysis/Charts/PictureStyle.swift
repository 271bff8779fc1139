/// How wide a picture is, what is above it, and for which page it is made.
public struct PictureStyle: Sendable {
    /// The widths a picture can have, in pixels.
    public static let widths = 360...4000

    /// In pixels; the height follows.
    public let width: Int
    /// What is above in place of the picture's own title; nothing where it is empty.
    public let title: String?
    public let theme: Theme

    /// Makes a style.
    ///
    /// - Parameters:
    ///   - width: in pixels, taken into ``widths``.
    ///   - title: nil for the picture's own.
    ///   - theme: light, dark, or what the reader prefers.
    public init(width: Int = 800, title: String? = nil, theme: Theme = .auto) {
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
        self.title = title
        self.theme = theme
    }

    /// The width that the picture is laid out for; a wider one is this one enlarged, so that its texts stay readable.
    var page: Double { Double(min(width, 1600)) }

    /// The height of a part that is usually so high, on a page of this width.
    func height(_ usual: Double) -> Double { (usual * min(1.5, max(0.85, page / 800))).rounded() }
}
