using System.Buffers;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What the milter library reads: synchronous, and its one exception for hostile bytes is
/// <see cref="MilterProtocolException"/>.</summary>
internal static class WireTargets
{
    private const int FrameLimit = 65537;

    public static string Frames(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        (string whole, int frames) = ReadFrames(new ReadOnlySequence<byte>(bytes));
        (string split, _) = ReadFrames(Split(bytes));
        FuzzFailureException.Unless(whole == split, "frames differ by how the bytes are laid out");
        return $"{Math.Min(frames, 8)} {(whole.EndsWith('!') ? "breach" : "")}";
    }

    public static string Negotiations(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        return OrBreach(() =>
        {
            IReadOnlyDictionary<MacroStage, string> lists = Negotiation.ReadMacroLists(bytes);
            Negotiation offer = Negotiation.Read(new ReadOnlySequence<byte>(bytes));
            Negotiation answer = offer.Answer(new MilterOptions(), FilterSteps.None, skipReplies: true);
            FuzzFailureException.Unless((answer.Actions & ~offer.Actions) == 0 && (answer.Protocol & ~offer.Protocol) == 0, "more is answered than was offered");
            FuzzFailureException.Unless(answer.Version is >= 2 and <= 6 && answer.DataSize is >= 0xFFFF and <= 0xFFFFF, $"version {answer.Version}, {answer.DataSize} bytes");
            var output = new ArrayBufferWriter<byte>();
            answer.Write(output, new MilterOptions().Macros);
            FuzzFailureException.Unless(Negotiation.ReadAnswer(output.WrittenSpan[5..]) == answer, "the answer is read as another one");
            return $"{answer.Version} {answer.DataSize} {lists.Count}";
        });
    }

    public static string Macros(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        return OrBreach(() =>
        {
            var macros = new MilterMacros();
            macros.Set(MacroStage.Mail, Split(bytes), limit: 2048);
            int found = new[] { "i", "{mail_addr}", "j", "", "{}", "{", "v" }.Count(name => macros[name] is not null);
            foreach (string part in Encoding.UTF8.GetString(bytes).Split('\0').Take(20))
                _ = macros[part];
            macros.Set(MacroStage.Mail, new ReadOnlySequence<byte>(bytes), limit: 2048);
            macros.ClearFrom(MacroStage.Connect);
            FuzzFailureException.Unless(macros["i"] is null, "a macro outlives its stage");
            return $"{found}";
        });
    }

    public static string Clients(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        return OrBreach(() =>
        {
            ClientInfo client = ClientInfo.Read(bytes);
            FuzzFailureException.Unless(client.Port is >= 0 and <= 65535 && client.Host.Length <= bytes.Length, $"{client}");
            return $"{client.Address?.AddressFamily} {client.Port > 0}";
        });
    }

    public static string Paths(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        return OrBreach(() =>
        {
            EnvelopePath path = EnvelopePath.Read(bytes);
            FuzzFailureException.Unless(path.Arguments.All(argument => !argument.Contains('\0', StringComparison.Ordinal)), "an argument holds a NUL");
            FuzzFailureException.Unless(!path.InBrackets || path.Given.StartsWith('<'), "brackets are lost");
            string resolved = ResolvedAddress.Of(path.Arguments is [var first, ..] ? first : null, path.Address);
            FuzzFailureException.Unless(path.Address.Length > 0 || resolved.Length == 0, "the null sender becomes somebody");
            return $"{path.InBrackets} {EnvelopePath.IsWhole(path.Given)} {Math.Min(path.Arguments.Count, 8)} {resolved == path.Address} {Describe(path.Arguments)}";
        });
    }

    public static string Parameters(ReadOnlySpan<byte> input) => Describe(Encoding.UTF8.GetString(input).Split(' '));

    public static string Xtexts(ReadOnlySpan<byte> input)
    {
        string coded = Encoding.UTF8.GetString(input);
        string? text = Xtext.Decode(coded), address = Xtext.DecodeUtf8Address(coded);
        foreach (string? decoded in (string?[])[text, address])
            FuzzFailureException.Unless(decoded is null || (decoded.Length > 0 && !decoded.Any(char.IsControl)), "a control character comes through");
        FuzzFailureException.Unless(text is null || text.Length <= coded.Length, "it grows");
        return $"{text is null} {address is null} {text == coded} {address == coded}";
    }

    public static string HeaderValues(ReadOnlySpan<byte> input)
    {
        byte[] sent = input.ToArray();
        string outcome = "";
        foreach (bool leadingSpace in (bool[])[false, true])
        {
            byte[] wire;
            try
            {
                wire = HeaderValue.ToWire(HeaderValue.FromWire(sent, leadingSpace), leadingSpace);
            }
            catch (ArgumentException)
            {
                FuzzFailureException.Unless(input.Contains((byte)0), "a value without a NUL is refused");
                return "NUL";
            }

            FuzzFailureException.Unless(wire.Length > 0 && !wire.AsSpan().ContainsAny((byte)'\r', (byte)0), "a CR, a NUL or nothing is sent");
            for (int i = 0; i < wire.Length; i++)
                FuzzFailureException.Unless(wire[i] != '\n' || (i + 1 < wire.Length && wire[i + 1] is (byte)' ' or (byte)'\t'), "a line begins another field");
            FuzzFailureException.Unless(HeaderValue.ToWire(HeaderValue.FromWire(wire, leadingSpace), leadingSpace).AsSpan().SequenceEqual(wire), "what was clean is changed");
            outcome += $"{wire.Length.CompareTo(sent.Length)} ";
        }

        return outcome;
    }

    public static string Endpoints(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!MilterEndpoint.TryParse(text, out MilterEndpoint? endpoint, out string? error))
        {
            FuzzFailureException.Unless(error.Length > 0, "nobody says what is wrong");
            return $"refused {error.Length - text.Length}";
        }

        FuzzFailureException.Unless(
            MilterEndpoint.TryParse(endpoint.ToString(), out MilterEndpoint? again, out _) && again == endpoint, $"{endpoint} is read as another address");
        return endpoint.GetType().Name;
    }

    private static string Describe(IReadOnlyList<string> arguments)
    {
        SenderParameters sender = SenderParameters.Read(arguments);
        RecipientParameters recipient = RecipientParameters.Read(arguments);
        FuzzFailureException.Unless(sender.Size is null or >= 0, "a size is negative");
        FuzzFailureException.Unless(sender.EnvelopeId?.Any(char.IsControl) is not true && sender.Author?.Any(char.IsControl) is not true, "a control character comes through");
        FuzzFailureException.Unless(recipient.OriginalRecipient?.Address.Any(char.IsControl) is not true, "a control character comes through");
        return $"{sender.Size is null} {sender.Body} {sender.SmtpUtf8} {sender.RequireTls} {sender.Return} {sender.EnvelopeId is null} {sender.Author is null} "
            + $"{recipient.Notify} {recipient.OriginalRecipient is null}";
    }

    private static (string Shown, int Count) ReadFrames(ReadOnlySequence<byte> buffer)
    {
        var shown = new StringBuilder();
        int count = 0;
        try
        {
            long before = buffer.Length;
            while (MilterFrame.TryRead(ref buffer, FrameLimit, out MilterFrame frame))
            {
                FuzzFailureException.Unless(before - buffer.Length == frame.Payload.Length + 5, "a frame takes more or less than it says");
                shown.Append(frame.Code).Append(Convert.ToHexString(frame.Payload.ToArray())).Append(' ');
                before = buffer.Length;
                count++;
            }

            FuzzFailureException.Unless(buffer.Length == before, "half a frame was taken");
        }
        catch (MilterProtocolException)
        {
            shown.Append('!');
        }

        return (shown.ToString(), count);
    }

    /// <summary>The same bytes in pieces.</summary>
    private static ReadOnlySequence<byte> Split(byte[] bytes)
    {
        Segment? first = null, last = null;
        for (int at = 0, piece = 1; at < bytes.Length; at += piece, piece = (piece * 2 % 31) + 1)
        {
            var memory = bytes.AsMemory(at, Math.Min(piece, bytes.Length - at));
            last = last is null ? first = new Segment(memory, 0) : last.Append(memory);
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private static string OrBreach(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (MilterProtocolException breach)
        {
            // What it says without the numbers in it.
            return "breach " + new string([.. breach.Message.Where(c => !char.IsAsciiDigit(c))]);
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
