using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MilterCrypt.Milter.Wire;

/// <summary>The data of an SMFIC_OPTNEG frame, from either side.</summary>
/// <param name="Version">The protocol's version, 2 to 6.</param>
/// <param name="Actions">What the filter may do.</param>
/// <param name="Protocol">Which steps may be, or are, left out or not answered.</param>
public sealed record Negotiation(uint Version, MilterActions Actions, MilterProtocol Protocol)
{
    private const uint OldestVersion = 2;
    private const uint NewestVersion = 6;
    private const int FixedLength = 12;

    // MILTER_MDS_64K, 256K and 1M.
    private const int UsualData = 0xFFFF;
    private const int LargeData = 0x3FFFF;
    private const int HugeData = 0xFFFFF;

    // What libmilter takes an MTA to mean that names none: the actions and steps of version 1.
    private const MilterActions OldActions = (MilterActions)0x0F;
    private const MilterProtocol OldProtocol = (MilterProtocol)0x3F;

    private const MilterProtocol DataSizes = MilterProtocol.Data256K | MilterProtocol.Data1M;

    /// <summary>The most bytes of data that a frame holds, by what was agreed on (SMFIP_MDS_*).</summary>
    public int DataSize => (Protocol & DataSizes) switch
    {
        MilterProtocol.Data256K => LargeData,
        MilterProtocol.None => UsualData,
        _ => HugeData,
    };

    /// <summary>Reads an MTA's offer.</summary>
    /// <exception cref="MilterProtocolException">It is too short, or older than version 2.</exception>
    internal static Negotiation Read(ReadOnlySequence<byte> payload)
    {
        if (payload.Length < FixedLength)
            throw new MilterProtocolException($"Negotiation of {payload.Length} bytes is too short.");

        Span<byte> fields = stackalloc byte[FixedLength];
        payload.Slice(0, FixedLength).CopyTo(fields);
        Negotiation offer = ReadAnswer(fields);
        return offer.Version < OldestVersion
            ? throw new MilterProtocolException($"Protocol version {offer.Version} is older than {OldestVersion}.")
            : offer with
            {
                Actions = offer.Actions == MilterActions.None ? OldActions : offer.Actions,
                Protocol = offer.Protocol == MilterProtocol.None ? OldProtocol : offer.Protocol,
            };
    }

    /// <summary>What to answer to an offer. Never a bit that was not offered: both MTAs hang up then.</summary>
    /// <param name="options">Which actions are wanted, and how much data at a time.</param>
    /// <param name="steps">Which steps the filter answers.</param>
    /// <param name="skipReplies">Whether replies may be left out. On TCP without quick acknowledgements each
    /// one left out costs 40 ms.</param>
    internal Negotiation Answer(MilterOptions options, FilterSteps steps, bool skipReplies)
    {
        MilterProtocol wanted = MilterProtocol.LeadingSpace | WantedSize(options.MaxDataSize)
            | Unless(steps, FilterSteps.Unknown, MilterProtocol.NoUnknown)
            | Unless(steps, FilterSteps.Data, MilterProtocol.NoData);
        if (steps.HasFlag(FilterSteps.RefusedRecipients))
            wanted |= MilterProtocol.RejectedRecipients;
        // MAIL is answered, since Sendmail sends no ABORT at RSET otherwise; RCPT and end of header, since the answer counts.
        if (skipReplies)
        {
            wanted |= MilterProtocol.SilentHeader | MilterProtocol.SilentBody
                | Unless(steps, FilterSteps.Connect, MilterProtocol.SilentConnect)
                | Unless(steps, FilterSteps.Helo, MilterProtocol.SilentHelo);
        }

        return new Negotiation(Math.Min(Version, NewestVersion), Actions & options.Actions, Protocol & wanted);
    }

    /// <summary>Reads a filter's answer.</summary>
    /// <exception cref="MilterProtocolException">It is too short.</exception>
    internal static Negotiation ReadAnswer(ReadOnlySpan<byte> payload) =>
        payload.Length < FixedLength
            ? throw new MilterProtocolException($"Negotiation of {payload.Length} bytes is too short.")
            : new Negotiation(
                BinaryPrimitives.ReadUInt32BigEndian(payload),
                (MilterActions)BinaryPrimitives.ReadInt32BigEndian(payload[4..]),
                (MilterProtocol)BinaryPrimitives.ReadInt32BigEndian(payload[8..]));

    /// <summary>Reads the lists of wanted macros behind a filter's answer: stage by stage, names separated by blanks.</summary>
    /// <exception cref="MilterProtocolException">A list is cut off.</exception>
    internal static IReadOnlyDictionary<MacroStage, string> ReadMacroLists(ReadOnlySpan<byte> payload)
    {
        var lists = new Dictionary<MacroStage, string>();
        for (ReadOnlySpan<byte> rest = payload[Math.Min(FixedLength, payload.Length)..]; !rest.IsEmpty;)
        {
            if (rest.Length < sizeof(uint))
                throw new MilterProtocolException("A list of macros is cut off.");
            var stage = (MacroStage)BinaryPrimitives.ReadInt32BigEndian(rest);
            ReadOnlySpan<byte> names = new NulStrings(rest[sizeof(uint)..]).Next();
            lists[stage] = Encoding.ASCII.GetString(names);
            rest = rest[(sizeof(uint) + names.Length + 1)..];
        }

        return lists;
    }

    /// <summary>Writes the frame, with the lists of wanted macros where they may be sent.</summary>
    internal void Write(IBufferWriter<byte> output, IReadOnlyDictionary<MacroStage, string> macros)
    {
        var payload = new ArrayBufferWriter<byte>(512);
        WriteNumber(payload, Version);
        WriteNumber(payload, (uint)Actions);
        WriteNumber(payload, (uint)Protocol);
        if (Actions.HasFlag(MilterActions.RequestMacros))
        {
            foreach ((MacroStage stage, string names) in macros)
                WriteList(payload, stage, names);
            // Sendmail 8.17 and 8.18 test the wrong bit: the list for end of message counts only beside one for end of
            // header. An empty one means the default to Postfix, and no macros, its default, to Sendmail.
            if (macros.ContainsKey(MacroStage.EndOfMessage) && !macros.ContainsKey(MacroStage.EndOfHeader))
                WriteList(payload, MacroStage.EndOfHeader, "");
        }

        FrameWriter.WriteBytes(output, MilterCommand.Negotiate, payload.WrittenSpan);
    }

    // The largest on offer that fits; never two bits.
    private MilterProtocol WantedSize(int most)
    {
        if (most >= HugeData && Protocol.HasFlag(MilterProtocol.Data1M))
            return MilterProtocol.Data1M;
        return most >= LargeData ? MilterProtocol.Data256K : MilterProtocol.None;
    }

    private static MilterProtocol Unless(FilterSteps steps, FilterSteps step, MilterProtocol bit) =>
        steps.HasFlag(step) ? MilterProtocol.None : bit;

    private static void WriteList(ArrayBufferWriter<byte> payload, MacroStage stage, string names)
    {
        WriteNumber(payload, (uint)stage);
        FrameWriter.WriteString(payload, Encoding.ASCII.GetBytes(names));
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, uint number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), number);
        output.Advance(sizeof(uint));
    }
}
