using System.Buffers;
using System.Text;
using MilterCrypt.Milter.Wire;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>Honest inputs: recorded sessions, published vectors, and what stands in the documents.</summary>
internal static class Seeds
{
    // '|' is a NUL.
    private static readonly string[] Written =
    [
        "O\0\0\0\u0006\0\0\u0001\u00ff\0\u001f\u00ff\u00ff;Cmail.example|4\0\u0019" + "192.0.2.1|;Hmail.example|;M<a@b>|SIZE=5|;R<c@d>|;T;LSubject| x|;N;Bbody;E;A;Q",
        "O\0\0\0\u0006\0\0\u0001\u00ff0\0\0\0;DCj|mx|if_name|x|;Chost|6\0\u0019IPv6:2001:db8::1|;H!no|;M<a@b>|;R<c@d>|;K;Chost|U;Hhelo|;M|REQUIRETLS|;R<c@d>|;Q",
        "O\0\0\0\u0006\0\0\u0001\u00ff\0\u0010\0\0;Chost|L\0\0/run/x|;UTURN|;DMi|Q1|{auth_authen}|alice|;M<a@b> SMTPUTF8|;R<c@d>|NOTIFY=NEVER|;N;E;M<a@b>|;LA|1|;LA|\t2\n 3|;N;Bx;By;Ez;Q",
    ];

    public static IEnumerable<byte[]> Sessions() => Written.Select(Framed).Concat(
        from file in Files("milter-transcripts", "*.txt")
        from session in MilterTranscript.Read(file).GroupBy(packet => packet.Session)
        select session.SelectMany(packet => packet.Bytes).ToArray());

    public static IEnumerable<byte[]> Replies() => new[]
    {
        "O\0\0\0\u0006\0\0\u0001\u00ff\0\0\0\0;c;c;c;c;c;c;c;c;c;c;p;hX|y|;m\0\0\0\u0001Subject| z|;i\0\0\0\0A|b|;bnew;body;c;c;c;c;c",
        "O\0\0\0\u0006\0\0\u0001\u00ff\0\u001f\u00f0\u0080\0\0\0\0j v|\0\0\0\u0005i|;c;y550 5.7.1 no|;c;e<x@y>|RET=HDRS|;+<n@o>|;2<p@q>|NOTIFY=NEVER|;-<c@d.example>|;qwhy|;c",
        "O\0\0\0\u0006\0\0\u0001\u00ff\0\0\0\0;c;c;c;y550-5.7.1 one\r\n550 5.7.1 two|;y451 4.3.0 100%%|;a;r;t;d;s;4",
    }.SelectMany(text => new[] { Framed(text), Framed(text + ";cx") });

    public static IEnumerable<byte[]> Negotiations() => Payloads(MilterCommand.Negotiate)
        .Append(Text("\0\0\0\u0006\0\0\u0001\u00ff\u0030\u001f\u00ff\u00ff\0\0\0\0j {v}|\0\0\0\u0005i|"));

    public static IEnumerable<byte[]> Macros() => Payloads(MilterCommand.Macro).Select(payload => payload[1..]);

    public static IEnumerable<byte[]> Clients() => Payloads(MilterCommand.Connect).Concat(Texts("h|U", "h|L\0\0/x|", "h|6\u0001\u0002IPv6:::1|"));

    public static IEnumerable<byte[]> Paths() => Payloads(MilterCommand.Mail).Concat(Payloads(MilterCommand.Recipient))
        .Concat(Texts("<>|", "a@b|", "<\"x>y\\\"z\"@b>|a@b|", "<a@b> SMTPUTF8 AUTH=<>|", "<@c:a@b>|x%y@z|"));

    public static IEnumerable<byte[]> Parameters() => Texts(
        "SIZE=100 BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=HDRS ENVID=a+2Bb AUTH=<>", "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+40b@c",
        "ORCPT=utf-8;\\x{FC}@b NOTIFY=NEVER", "size=99999999999999999999 ENVID= AUTH=a+3Db ret=FULL body=BINARYMIME");

    public static IEnumerable<byte[]> Xtexts() => Texts("a+2Bb+3Dc", "+C3+BC@b.example", "\\x{FC}\\x{1F600}x", "plain@b.example");

    public static IEnumerable<byte[]> HeaderValues() => Texts(" x", "\tx", "", " a\r\n b\n\tc", "a\rb\nc");

    public static IEnumerable<byte[]> Endpoints() => Texts("unix:/run/m.sock", "local:/run/m.sock", "inet:127.0.0.1:8891", "inet:8891@localhost", "inet6:[::1]:8891", "inet6:8891@[::1]");

    public static IEnumerable<byte[]> Mail() => Files("mail", "*.eml").Select(File.ReadAllBytes);

    public static IEnumerable<byte[]> Reports() => Files("reports", "*.eml").Select(File.ReadAllBytes);

    public static IEnumerable<byte[]> ContentTypes() => Texts(
        " text/plain; charset=utf-8", " multipart/encrypted; protocol=\"application/pgp-encrypted\";\n boundary=\"a\\\"b\" (comment (nested))", " text/plain (x");

    public static IEnumerable<byte[]> Addresses() => Texts("a@b.example", "\"x y\\\"z\"@b.example", "a@[192.0.2.1]", "a%b@c.example", "jürgen@bücher.example", "postmaster");

    public static IEnumerable<byte[]> EncryptedMessages() => Files("openpgp-rfc9580", "*.msg").Select(File.ReadAllBytes);

    public static IEnumerable<byte[]> Certificates() => Files("openpgp-interop", "*.asc").Concat(Files("openpgp-rfc9580", "*.asc")).Select(File.ReadAllBytes)
        .Where(bytes => bytes.Length <= 16 * 1024);

    public static IEnumerable<byte[]> Compressed() =>
        from file in Files("compression", "*.*")
        let number = Path.GetExtension(file) switch { ".deflate" => 1, ".zlib" => 2, ".bz2" => 3, ".txt" => 0, _ => -1 }
        where number >= 0
        let octets = File.ReadAllBytes(file)
        where octets.Length < 20_000
        select (byte[])[(byte)number, .. octets];

    public static IEnumerable<byte[]> DetachedSignatures()
    {
        var binary = new SigningOptions { Armor = false };
        foreach (byte[] block in (byte[][])
        [
            MessageSeeds.Sign(MessageSigner.Detached, binary, 0, 4), MessageSeeds.Sign(MessageSigner.Detached, binary with { IsText = true }, 1),
            MessageSeeds.Sign(MessageSigner.Detached, binary, 2), MessageSeeds.Sign(MessageSigner.Detached, binary with { IsText = true }, 3, 5),
            MessageSeeds.Sign(MessageSigner.Detached, new SigningOptions(), 6), File.ReadAllBytes(Repository.PathOf("tests/vectors/openpgp-rfc9580/annex-a/a2-signature.asc")),
        ])
            yield return [(byte)(block.Length >> 8), (byte)block.Length, .. block, .. MessageSeeds.Signed];
    }

    public static IEnumerable<byte[]> CleartextMessages() => ((int[][])[[0], [1], [2], [3], [4], [7], [0, 4, 3]])
        .Select(owners => MessageSeeds.Sign(MessageSigner.Cleartext, new SigningOptions(), owners))
        .Concat(CleartextVectors());

    public static IEnumerable<byte[]> CleartextVectors() => Files("openpgp-rfc9580", "csf.msg").Concat(Files("openpgp-rfc9580", "annex-a-6.asc")).Select(File.ReadAllBytes);

    public static IEnumerable<byte[]> Configurations() => Texts(
        """
        listen: [{address: "unix:/run/m.sock", mode: 660, group: mail}, inet:127.0.0.1:8891]
        store: sqlite:/k.db
        spool: {directory: /var/tmp, memory: 64MiB, disk: 4GiB}
        log: {format: json, level: debug}
        limits: {connections: 100, header: 1MiB}
        timeouts: {verdict: 4m, idle: 7210s}
        rules:
          - {name: one, match: {domain: [a.example, '*.b.example'], sender: <>}, encrypt: always, without-key: defer}
          - encrypt: when-possible
        """,
        """
        local-domains: [example.org, '*.example.org', file:/nonexistent/list]
        own-networks: [127.0.0.0/8, '2001:db8::/32', 192.0.2.1]
        policy:
          defaults: {encrypt: when-possible, without-key: reject, reports-without-key: defer, mode: report, escrow: [a@b.example]}
          directions: {outbound: {mixed: separate}, inbound: {encrypt: never}, internal: {bcc: anonymous, form: either}}
          domains: {partner.example: {encrypt: always}, '*.partner.example': {without-key: clear}}
          addresses: {bob@partner.example: {encrypt: never}, 'postmaster@*': {bcc: with-others}}
        rules:
          - name: tagged
            match: {subject: '[secure]', direction: outbound, from: '*@example.org', header: [X-Encrypt, 'Sensitivity: company-*']}
            encrypt: always
            remove-trigger: true
          - match: {client: [local, 192.0.2.0/24], tls: true, role: egress, content-type: 'text/*', list-mail: true, larger-than: 1KiB, smaller-than: 10MB}
            encrypt: never
        """,
        """
        reinject: {address: 'smtp://[::1]:10026', daemon-name: again, connections: 5, bcc-copies: 0}
        journal: /var/lib/miltercrypt/journal.db
        journal-keep: 8d
        hop-key: [credential:hop, file:/nonexistent/key]
        recipient-delimiter: '+-'
        aliases: [{address: a@b.example, keys-of: [c@d.example, e@f.example], readdress: true}]
        emergency-bypass: {until: 2026-11-27T18:00:00Z, reason: "a reason"}
        rules: [{match: {recipient: 'regexp:/nonexistent/r', user: 'texthash:/nonexistent/t'}, encrypt: never}]
        """,
        "rules: []", "# nothing\n", "store: \"sqlite:/k\\u00e9.db\"\nrules:\n- match:\n    user: >\n      alice\n  encrypt: never\n");

    public static IEnumerable<byte[]> Subjects() => Texts(
        " [secure] Hello", " Hello\n [secure]\n World", " =?utf-8?Q?[secure]_Gr=C3=BC=C3=9Fe?= an Bob", " =?iso-8859-1?Q?Gr=FC=DFe_[secure]?=\n =?utf-8?B?w6Q=?=",
        " =?utf-8?B?W3Nl?= =?utf-8*en?B?Y3VyZV0=?= [SECURE]", " =?koi8-r?B?8NLJ18XU?= [secure]x[secure]", " =?UTF-8?B?8J+YgPCfmIDwn5iA8J+YgPCfmIDwn5iA8J+YgPCfmIDwn5iA8J+YgPCfmIBbc2VjdXJlXQ==?=");

    private static IEnumerable<byte[]> Payloads(byte command) =>
        from file in Files("milter-transcripts", "*.txt")
        from packet in MilterTranscript.Read(file)
        where packet.Command == command
        select packet.Payload;

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Repository.PathOf($"tests/vectors/{folder}"), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static IEnumerable<byte[]> Texts(params IEnumerable<string> texts) => texts.Select(text => Encoding.UTF8.GetBytes(text.Replace('|', '\0')));

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text.Replace('|', '\0'));

    // Frames with ';' between them.
    private static byte[] Framed(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (string frame in text.Split(';'))
            FrameWriter.WriteBytes(output, (byte)frame[0], Text(frame[1..]));
        return output.WrittenSpan.ToArray();
    }
}
