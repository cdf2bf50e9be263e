namespace MilterCrypt.Engine.Injection;

/// <summary>What the MTA's listener offers after EHLO, as far as it matters here.</summary>
[Flags]
internal enum SmtpExtensions
{
    None = 0,

    /// <summary>Commands may be sent in advance of replies (RFC 2920).</summary>
    Pipelining = 1,

    /// <summary>SIZE= (RFC 1870).</summary>
    Size = 2,

    /// <summary>BODY=8BITMIME (RFC 6152).</summary>
    EightBitMime = 4,

    /// <summary>Addresses and header in UTF-8 (RFC 6531).</summary>
    SmtpUtf8 = 8,

    /// <summary>RET=, ENVID=, NOTIFY= and ORCPT= (RFC 3461).</summary>
    Dsn = 16,

    /// <summary>The message may travel under TLS only (RFC 8689).</summary>
    RequireTls = 32,
}
