namespace MilterCrypt.Milter.Wire;

/// <summary>What an MTA sends (SMFIC_*).</summary>
public static class MilterCommand
{
    /// <summary>SMFIC_OPTNEG: the first frame, what the MTA can do.</summary>
    public const byte Negotiate = (byte)'O';

    /// <summary>SMFIC_MACRO: named values for the command that follows.</summary>
    public const byte Macro = (byte)'D';

    /// <summary>SMFIC_CONNECT: who the SMTP client is.</summary>
    public const byte Connect = (byte)'C';

    /// <summary>SMFIC_HELO: HELO or EHLO.</summary>
    public const byte Helo = (byte)'H';

    /// <summary>SMFIC_MAIL: MAIL FROM, a message begins.</summary>
    public const byte Mail = (byte)'M';

    /// <summary>SMFIC_RCPT: RCPT TO.</summary>
    public const byte Recipient = (byte)'R';

    /// <summary>SMFIC_DATA: DATA (version 4 and later).</summary>
    public const byte Data = (byte)'T';

    /// <summary>SMFIC_UNKNOWN: an SMTP command that the MTA does not know (version 3 and later).</summary>
    public const byte Unknown = (byte)'U';

    /// <summary>SMFIC_HEADER: one header field.</summary>
    public const byte Header = (byte)'L';

    /// <summary>SMFIC_EOH: the header is complete.</summary>
    public const byte EndOfHeader = (byte)'N';

    /// <summary>SMFIC_BODY: a piece of the body.</summary>
    public const byte Body = (byte)'B';

    /// <summary>SMFIC_BODYEOB: the message is complete; may carry a last piece of the body.</summary>
    public const byte EndOfMessage = (byte)'E';

    /// <summary>SMFIC_ABORT: the message, if there is one, is over.</summary>
    public const byte Abort = (byte)'A';

    /// <summary>SMFIC_QUIT: the connection is over.</summary>
    public const byte Quit = (byte)'Q';

    /// <summary>SMFIC_QUIT_NC: the SMTP client is gone, another one follows on this connection.</summary>
    public const byte QuitNewClient = (byte)'K';

    /// <summary>The protocol's name of a command, or null when it has none.</summary>
    public static string? NameOf(byte command) => command switch
    {
        Negotiate => "SMFIC_OPTNEG",
        Macro => "SMFIC_MACRO",
        Connect => "SMFIC_CONNECT",
        Helo => "SMFIC_HELO",
        Mail => "SMFIC_MAIL",
        Recipient => "SMFIC_RCPT",
        Data => "SMFIC_DATA",
        Unknown => "SMFIC_UNKNOWN",
        Header => "SMFIC_HEADER",
        EndOfHeader => "SMFIC_EOH",
        Body => "SMFIC_BODY",
        EndOfMessage => "SMFIC_BODYEOB",
        Abort => "SMFIC_ABORT",
        Quit => "SMFIC_QUIT",
        QuitNewClient => "SMFIC_QUIT_NC",
        _ => null,
    };

    /// <summary>A command's byte for people, whatever it is.</summary>
    internal static string Show(byte code) => code is > 0x20 and < 0x7F ? $"'{(char)code}'" : $"0x{code:x2}";
}
