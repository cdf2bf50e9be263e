namespace MilterCrypt.Engine.Hops;

/// <summary>Which way a message goes, as the first hop was told by its listener.</summary>
public enum MailWay
{
    /// <summary>From outside to somebody here.</summary>
    Incoming,

    /// <summary>From somebody here.</summary>
    Outgoing,
}
