namespace MilterCrypt.TestSupport.Mta;

/// <summary>Where a filter listens, in the notations of those who need to know.</summary>
public abstract record MilterSocket
{
    private MilterSocket() { }

    /// <summary>As Postfix's smtpd_milters takes it.</summary>
    public abstract string ForPostfix { get; }

    /// <summary>As Sendmail's INPUT_MAIL_FILTER and libmilter's smfi_setconn take it.</summary>
    public abstract string ForSendmail { get; }

    public sealed record Unix(string Path) : MilterSocket
    {
        public override string ForPostfix => $"unix:{Path}";

        public override string ForSendmail => $"local:{Path}";
    }

    public sealed record Tcp(int Port) : MilterSocket
    {
        public override string ForPostfix => $"inet:127.0.0.1:{Port}";

        public override string ForSendmail => $"inet:{Port}@127.0.0.1";
    }
}
