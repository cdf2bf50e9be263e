namespace MilterCrypt.Milter.Wire;

/// <summary>What a filter may do to a message (SMFIF_*).</summary>
[Flags]
public enum MilterActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>SMFIF_ADDHDRS: add and insert header fields.</summary>
    AddHeaders = 0x01,

    /// <summary>SMFIF_CHGBODY: replace the body.</summary>
    ChangeBody = 0x02,

    /// <summary>SMFIF_ADDRCPT: add recipients.</summary>
    AddRecipients = 0x04,

    /// <summary>SMFIF_DELRCPT: take recipients away.</summary>
    DeleteRecipients = 0x08,

    /// <summary>SMFIF_CHGHDRS: change and delete header fields.</summary>
    ChangeHeaders = 0x10,

    /// <summary>SMFIF_QUARANTINE: put the message on hold.</summary>
    Quarantine = 0x20,

    /// <summary>SMFIF_CHGFROM: change the envelope sender.</summary>
    ChangeSender = 0x40,

    /// <summary>SMFIF_ADDRCPT_PAR: add recipients with ESMTP arguments.</summary>
    AddRecipientsWithArguments = 0x80,

    /// <summary>SMFIF_SETSYMLIST: ask for macros by name.</summary>
    RequestMacros = 0x100,
}
