/// What a browser may load and execute on our pages: what comes from here, and nothing that stands in a page.
enum ContentSecurity {
    static let policy = [
        "default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
    ].joined(separator: "; ")
}
