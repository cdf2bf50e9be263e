using System.Buffers;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter;

/// <summary>What the MTA tells beside the commands themselves: named values, each belonging to the stage at which it
/// was sent. Owned by the session, which replaces a stage's values as a whole, so that a handler at work on the body
/// can look things up at the same time.</summary>
public sealed class MilterMacros
{
    // The order in which a conversation passes the stages; their wire numbers put end of message before end of header.
    private static readonly MacroStage[] LatestFirst =
    [
        MacroStage.EndOfMessage, MacroStage.EndOfHeader, MacroStage.Data, MacroStage.Recipient, MacroStage.Mail,
        MacroStage.Helo, MacroStage.Connect,
    ];

    private readonly byte[][] stages = [[], [], [], [], [], [], []];

    /// <summary>The latest value of a macro, or null when the MTA sent none. Names may be written with or without
    /// braces: <c>i</c> and <c>{i}</c> are the same, as they are to both MTAs.</summary>
    public string? this[string name]
    {
        get
        {
            ReadOnlySpan<char> wanted = name.StartsWith('{') && name.EndsWith('}') ? name.AsSpan(1, name.Length - 2) : name;
            foreach (MacroStage stage in LatestFirst)
            {
                if (Find(Volatile.Read(ref stages[(int)stage]), wanted) is { } value)
                    return value;
            }

            return null;
        }
    }

    /// <summary>Makes macros from names and values, all of one stage: for filters' own tests.</summary>
    public static MilterMacros Of(params IEnumerable<KeyValuePair<string, string>> values)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in values)
            text.Append(name).Append('\0').Append(value).Append('\0');

        var macros = new MilterMacros();
        macros.Set(MacroStage.Mail, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text.ToString())), int.MaxValue);
        return macros;
    }

    /// <summary>Replaces the values of a stage. Postfix repeats the same few bytes before each header field, so equal
    /// ones cost a comparison only.</summary>
    /// <param name="stage">Whose values they are.</param>
    /// <param name="payload">Names and values, each with its NUL.</param>
    /// <param name="limit">The most bytes that are kept.</param>
    /// <exception cref="MilterProtocolException">They are too large, a name or value has no terminating NUL, or a name has no value.</exception>
    internal void Set(MacroStage stage, ReadOnlySequence<byte> payload, int limit)
    {
        if (payload.Length > limit)
            throw new MilterProtocolException($"{payload.Length} bytes of macros are more than {limit}.");

        ref byte[] held = ref stages[(int)stage];
        if (payload.Length == held.Length && EqualBytes(payload, held))
            return;

        byte[] raw = payload.ToArray();
        var strings = new NulStrings(raw);
        while (!strings.IsEmpty)
        {
            strings.Next();
            strings.Next();
        }

        Volatile.Write(ref held, raw);
    }

    /// <summary>Forgets a stage and all that come behind it in a conversation.</summary>
    internal void ClearFrom(MacroStage first)
    {
        foreach (MacroStage stage in LatestFirst)
        {
            Volatile.Write(ref stages[(int)stage], []);
            if (stage == first)
                return;
        }
    }

    private static bool EqualBytes(ReadOnlySequence<byte> payload, ReadOnlySpan<byte> held)
    {
        foreach (ReadOnlyMemory<byte> segment in payload)
        {
            if (!held.StartsWith(segment.Span))
                return false;
            held = held[segment.Length..];
        }

        return true;
    }

    private static string? Find(byte[] raw, ReadOnlySpan<char> wanted)
    {
        var strings = new NulStrings(raw);
        while (!strings.IsEmpty)
        {
            ReadOnlySpan<byte> name = strings.Next();
            ReadOnlySpan<byte> value = strings.Next();
            if (name.Length > 1 && name[0] == '{' && name[^1] == '}')
                name = name[1..^1];
            if (Ascii.Equals(name, wanted))
                return Encoding.UTF8.GetString(value);
        }

        return null;
    }
}
