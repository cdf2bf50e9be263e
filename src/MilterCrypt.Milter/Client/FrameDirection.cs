namespace MilterCrypt.Milter.Client;

/// <summary>Which way a frame goes.</summary>
public enum FrameDirection
{
    /// <summary>From the MTA to the filter: a <see cref="Wire.MilterCommand"/>.</summary>
    ToFilter,

    /// <summary>From the filter to the MTA: a <see cref="Wire.MilterReply"/>, or the answer to a negotiation.</summary>
    FromFilter,
}
