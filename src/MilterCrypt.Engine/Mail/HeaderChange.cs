namespace MilterCrypt.Engine.Mail;

/// <summary>One change of a message's header. Fields are named by their place, from 0, in the header as it came; bytes
/// have the shape of <see cref="HeaderField.Value"/>.</summary>
public abstract record HeaderChange
{
    private HeaderChange() { }

    /// <summary>Gives a field another value, at its place.</summary>
    public sealed record Replace(int Field, ReadOnlyMemory<byte> Value) : HeaderChange;

    /// <summary>Takes a field out.</summary>
    public sealed record Delete(int Field) : HeaderChange;

    /// <summary>Adds a field at the header's end.</summary>
    public sealed record Add(string Name, ReadOnlyMemory<byte> Value) : HeaderChange;

    /// <summary>Adds a field above all others.</summary>
    public sealed record Prepend(string Name, ReadOnlyMemory<byte> Value) : HeaderChange;
}
