using System.Globalization;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>What an MTA tells of a session and its messages in macros. Values that the client's owner set come before
/// these. Owned by its client.</summary>
internal sealed class SessionMacros
{
    private const string MtaHost = "mx.test.example";

    private readonly Dictionary<string, string> values = [];
    private int messages;
    private bool postfix;

    public string? this[string name] => values.GetValueOrDefault(name);

    public void Connect(ClientSession session, MtaHabits habits)
    {
        values.Clear();
        postfix = habits.Kind == MtaKind.Postfix;
        values["j"] = MtaHost;
        values["v"] = habits.MtaVersion;
        values["_"] = $"{session.Host} [{session.Address?.ToString() ?? "unknown"}]";
        values["{daemon_addr}"] = "127.0.0.1";
        values["{daemon_name}"] = habits.Kind == MtaKind.Sendmail ? "MTA-v4" : MtaHost;
        if (habits.Kind == MtaKind.Sendmail)
        {
            values["{if_name}"] = "localhost";
            values["{if_addr}"] = "127.0.0.1";
        }
    }

    public void BeginTls(ClientTls tls)
    {
        values["{tls_version}"] = tls.Version;
        values["{cipher}"] = tls.Cipher;
        values["{cipher_bits}"] = tls.CipherBits;
        Set("{cert_subject}", tls.CertificateSubject);
        Set("{cert_issuer}", tls.CertificateIssuer);
        Set("{verify}", tls.Verify);
    }

    public void LogIn(ClientAuthentication login)
    {
        values["{auth_type}"] = login.Mechanism;
        values["{auth_authen}"] = login.User;
        Set("{auth_author}", login.Author);
        Set("{auth_ssf}", login.Strength?.ToString(CultureInfo.InvariantCulture));
    }

    public void Begin(ClientMessage message)
    {
        Mail(message.Sender);
        Content(message);
    }

    public void Mail(string path)
    {
        messages++;
        values["i"] = string.Create(CultureInfo.InvariantCulture, $"QUEUE{messages}");
        Address("mail", path);
    }

    public void Content(ClientMessage message)
    {
        // Postfix doesn't know this one.
        if (postfix)
            return;
        HeaderField? id = message.Header.FirstOrDefault(f => f.Name.Equals("Message-Id", StringComparison.OrdinalIgnoreCase));
        values["{msg_id}"] = id is null ? "<made.by.the.mta@mx.test.example>" : Encoding.UTF8.GetString(id.Value.Span).Trim();
    }

    public void Recipient(string path)
    {
        if (values.Count > 0)
            Address("rcpt", path);
    }

    private void Address(string prefix, string path)
    {
        string address = EnvelopePath.Read(Encoding.UTF8.GetBytes(EnvelopePath.Split(path)[0] + '\0')).Address;
        Set($"{{{prefix}_addr}}", address);
        Set($"{{{prefix}_host}}", address.Contains('@', StringComparison.Ordinal) ? address[(address.LastIndexOf('@') + 1)..] : null);
        Set($"{{{prefix}_mailer}}", address.Length == 0 ? null : "smtp");
    }

    // A macro without a value is not sent.
    private void Set(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            values.Remove(name);
        else
            values[name] = value;
    }
}
