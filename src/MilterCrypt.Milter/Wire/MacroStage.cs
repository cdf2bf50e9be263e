namespace MilterCrypt.Milter.Wire;

/// <summary>The stages that macros belong to, by their numbers in the lists of wanted macros (SMFIM_*).</summary>
public enum MacroStage
{
    /// <summary>SMFIM_CONNECT: before CONNECT.</summary>
    Connect = 0,

    /// <summary>SMFIM_HELO: before HELO.</summary>
    Helo = 1,

    /// <summary>SMFIM_ENVFROM: before MAIL.</summary>
    Mail = 2,

    /// <summary>SMFIM_ENVRCPT: before each RCPT.</summary>
    Recipient = 3,

    /// <summary>SMFIM_DATA: before DATA.</summary>
    Data = 4,

    /// <summary>SMFIM_EOM: before end of message; Postfix sends them before each piece of the body, too.</summary>
    EndOfMessage = 5,

    /// <summary>SMFIM_EOH: before end of header; Postfix sends them before each header field, too.</summary>
    EndOfHeader = 6,
}
