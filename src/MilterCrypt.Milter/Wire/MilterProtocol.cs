namespace MilterCrypt.Milter.Wire;

/// <summary>Which steps of the conversation are left out or not answered (SMFIP_*).</summary>
[Flags]
public enum MilterProtocol
{
    /// <summary>Every step is sent and answered.</summary>
    None = 0,

    /// <summary>SMFIP_NOCONNECT.</summary>
    NoConnect = 0x1,

    /// <summary>SMFIP_NOHELO.</summary>
    NoHelo = 0x2,

    /// <summary>SMFIP_NOMAIL.</summary>
    NoMail = 0x4,

    /// <summary>SMFIP_NORCPT.</summary>
    NoRecipient = 0x8,

    /// <summary>SMFIP_NOBODY.</summary>
    NoBody = 0x10,

    /// <summary>SMFIP_NOHDRS.</summary>
    NoHeaders = 0x20,

    /// <summary>SMFIP_NOEOH.</summary>
    NoEndOfHeader = 0x40,

    /// <summary>SMFIP_NR_HDR: header fields are not answered.</summary>
    SilentHeader = 0x80,

    /// <summary>SMFIP_NOUNKNOWN.</summary>
    NoUnknown = 0x100,

    /// <summary>SMFIP_NODATA.</summary>
    NoData = 0x200,

    /// <summary>SMFIP_SKIP: the filter may answer SKIP.</summary>
    Skip = 0x400,

    /// <summary>SMFIP_RCPT_REJ: recipients that the MTA refused are shown, too.</summary>
    RejectedRecipients = 0x800,

    /// <summary>SMFIP_NR_CONN: CONNECT is not answered.</summary>
    SilentConnect = 0x1000,

    /// <summary>SMFIP_NR_HELO: HELO is not answered.</summary>
    SilentHelo = 0x2000,

    /// <summary>SMFIP_NR_MAIL: MAIL is not answered.</summary>
    SilentMail = 0x4000,

    /// <summary>SMFIP_NR_RCPT: RCPT is not answered.</summary>
    SilentRecipient = 0x8000,

    /// <summary>SMFIP_NR_DATA: DATA is not answered.</summary>
    SilentData = 0x10000,

    /// <summary>SMFIP_NR_UNKN: UNKNOWN is not answered.</summary>
    SilentUnknown = 0x20000,

    /// <summary>SMFIP_NR_EOH: end of header is not answered.</summary>
    SilentEndOfHeader = 0x40000,

    /// <summary>SMFIP_NR_BODY: pieces of the body are not answered.</summary>
    SilentBody = 0x80000,

    /// <summary>SMFIP_HDR_LEADSPC: header values keep the blanks behind the colon, both ways.</summary>
    LeadingSpace = 0x100000,

    /// <summary>SMFIP_MDS_256K: frames hold up to 262143 bytes of data.</summary>
    Data256K = 0x10000000,

    /// <summary>SMFIP_MDS_1M: frames hold up to 1048575 bytes of data.</summary>
    Data1M = 0x20000000,
}
