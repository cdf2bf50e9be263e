using System.Text;

namespace MilterCrypt.Faults;

/// <summary>A message whose recipients need different forms, so that it has to be split.</summary>
/// <param name="Mark">Stands in its header, in no other message's.</param>
/// <param name="Recipients">Its envelope's recipients, in their order.</param>
/// <param name="IsNamed">Whether it has a Message-ID of its own, and what else makes it the same message at the next try.</param>
/// <param name="Bytes">Header and body.</param>
/// <param name="Body">Its body.</param>
public sealed record FaultMessage(string Mark, IReadOnlyList<string> Recipients, bool IsNamed, byte[] Bytes, byte[] Body)
{
    public const string Author = "alice@sender.example";

    /// <summary>Stands in each line of the body.</summary>
    public const string Secret = "the eagle lands at midnight";

    /// <summary>Get it encrypted, where possible or in any case, and have keys.</summary>
    public static readonly IReadOnlyList<string> WithKeys = ["bob@partner.example", "carol@partner.example", "dora@must.example"];

    /// <summary>Get it as it came: by a rule, or since there is no key.</summary>
    public static readonly IReadOnlyList<string> InClear = ["erik@clear.example", "frida@clear.example", "noah@partner.example"];

    /// <summary>Can't get it: it must be encrypted, and there is no key.</summary>
    public const string Keyless = "nobody@must.example";

    private const int LineLength = 70;

    /// <summary>Makes one.</summary>
    /// <param name="mark">Its mark.</param>
    /// <param name="random">Decides what it is like.</param>
    /// <param name="isLarge">Whether it is too large for memory.</param>
    public static FaultMessage Make(string mark, Random random, bool isLarge)
    {
        List<string> recipients = [.. Some(random, WithKeys), .. Some(random, InClear)];
        if (random.Next(10) == 0)
            recipients.Add(Keyless);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(recipients));
        // Whom the header doesn't name gets a copy of his own, so that there are more forms.
        var named = recipients.Where(_ => random.Next(4) > 0).ToList();
        bool hasName = random.Next(2) == 0, hasDate = random.Next(3) > 0;
        int lines = (isLarge ? 1_500_000 : random.Next(8) switch { < 4 => 500, < 7 => 40_000, _ => 400_000 }) / LineLength + 1;

        var body = new StringBuilder();
        for (int line = 0; line < lines; line++)
            body.Append($"{line:d8} {Secret} {random.NextInt64():x16}".PadRight(LineLength - 2)).Append("\r\n");
        string header =
            $"From: Alice <{Author}>\r\n"
            + $"To: {(named.Count == 0 ? "undisclosed-recipients:;" : string.Join(",\r\n ", named))}\r\n"
            + $"Subject: plans\r\n"
            + (hasDate ? "Date: Mon, 23 Nov 2026 10:00:00 +0100\r\n" : "")
            + (hasName ? $"Message-ID: <{mark}@sender.example>\r\n" : "")
            + $"X-Run: {mark}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n";
        byte[] content = Encoding.ASCII.GetBytes(body.ToString());
        // A Date that Postfix had to make can't be told from the sender's: such a message counts as one without a name.
        return new FaultMessage(mark, recipients, hasName && hasDate, [.. Encoding.ASCII.GetBytes(header + "\r\n"), .. content], content);
    }

    private static IEnumerable<string> Some(Random random, IReadOnlyList<string> all)
    {
        var chosen = all.ToArray();
        random.Shuffle(chosen);
        return chosen.Take(1 + random.Next(all.Count));
    }
}
