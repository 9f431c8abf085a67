import DAGDomain
import Testing

/// URLs and mail addresses, as far as notices need them.
@Suite struct AddressTests {
    @Test(arguments: [
        ("https://example.org/x", false), ("http://example.org", true), ("http://localhost:80/x", false),
        ("HTTP://LocalHost", false), ("http://127.0.0.1", false), ("http://127.8.9.10:1", false),
        ("http://127.0.0.1.example.org", true), ("http://[::1]:8080/", false), ("http://[::2]/", true),
        ("http://localhost@example.org/", true), ("http://example.org#@localhost", true),
        ("http://a:b@127.0.0.1/", false), ("http://example.org\\@localhost/", true),
        ("http://128.0.0.1", true),
        ("http://127.1", true),
    ]) func plainHTTPToAnotherMachineIsSeen(url: String, isElsewhere: Bool) {
        #expect(WebAddress(url)?.isPlainAndElsewhere == isElsewhere)
    }

    @Test(arguments: ["ftp://x", "http://", "https:///x", "x", ""]) func othersAreNoAddresses(url: String) {
        #expect(WebAddress(url) == nil)
    }

    @Test(
        arguments: [
            ("ann@example.org", "ann@example.org"), ("Ann B <ann@example.org>", "ann@example.org"),
            ("a+b.c@d", "a+b.c@d"), ("ann", nil), ("a@b@c", nil), ("@b", nil), ("a@", nil), ("a b@c", nil),
            ("a@b\r\nBcc: c@d", nil), ("<a@b>, c@d", nil), ("", nil),
        ] as [(String, String?)]) func mailAddresses(text: String, bare: String?)
    {
        #expect(MailAddress.bare(text) == bare)
    }
}
