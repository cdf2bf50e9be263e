namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>What came is not the key holder's protocol; the connection ends.</summary>
internal sealed class HolderProtocolException(string message) : Exception(message);
