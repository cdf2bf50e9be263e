using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>A message that reached its next hop.</summary>
/// <param name="MailCommand">The whole MAIL line.</param>
/// <param name="RcptCommands">The whole RCPT lines.</param>
/// <param name="Data">Header and body as they came, CRLF kept, dots unstuffed.</param>
public sealed record SinkMessage(string MailCommand, IReadOnlyList<string> RcptCommands, byte[] Data)
{
    public string Sender => Address(MailCommand);

    public IReadOnlyList<string> Recipients => [.. RcptCommands.Select(Address)];

    /// <summary>The header's lines as text, without the blank line behind it.</summary>
    public string HeaderText => Encoding.UTF8.GetString(Data.AsSpan(0, HeaderLength));

    public byte[] Body => Data.Length > HeaderLength + 2 ? Data[(HeaderLength + 2)..] : [];

    /// <summary>The values of the fields of this name, unfolded.</summary>
    public IReadOnlyList<string> Field(string name) =>
    [
        .. HeaderText.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal)
            .Split("\r\n").Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim()),
    ];

    public bool Contains(string text) => Data.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private int HeaderLength
    {
        get
        {
            if (Data.AsSpan().StartsWith("\r\n"u8))
                return 0;
            int end = Data.AsSpan().IndexOf("\r\n\r\n"u8);
            return end < 0 ? Data.Length : end + 2;
        }
    }

    private static string Address(string command)
    {
        int start = command.IndexOf('<', StringComparison.Ordinal) + 1;
        return command[start..command.IndexOf('>', start)];
    }
}
