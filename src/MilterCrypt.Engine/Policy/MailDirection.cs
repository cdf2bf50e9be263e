namespace MilterCrypt.Engine.Policy;

/// <summary>Which way a message goes, for one of its recipients.</summary>
public enum MailDirection
{
    /// <summary>From anybody to a recipient elsewhere.</summary>
    Outbound,

    /// <summary>From elsewhere to a recipient here.</summary>
    Inbound,

    /// <summary>From here to a recipient here.</summary>
    Internal,
}
