using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>An OSSL_PARAM array being built: named numbers, texts and octets from which libcrypto makes a key.
/// Everything lives in pinned arrays, since libcrypto keeps pointers, and is cleared at the end.</summary>
internal sealed class KeyParameters : IDisposable
{
    private const int MaxEntries = 8;

    private readonly byte[] values;
    private readonly Entry[] entries = GC.AllocateArray<Entry>(MaxEntries + 1, pinned: true);
    private int count;
    private int used;

    /// <param name="capacity">Octets of all names and values together; each takes one more for a NUL.</param>
    internal KeyParameters(int capacity) => values = GC.AllocateArray<byte>(capacity, pinned: true);

    /// <summary>The array for libcrypto, ended by an entry of zeros; valid until disposal.</summary>
    internal nint Pointer => Marshal.UnsafeAddrOfPinnedArrayElement(entries, 0);

    /// <summary>Adds a number. The caller's is big-endian, as on the wire; libcrypto wants the machine's order.</summary>
    internal void AddNumber(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bigEndian)
    {
        Span<byte> stored = Add(name, EntryType.UnsignedInteger, bigEndian);
        if (BitConverter.IsLittleEndian)
            stored.Reverse();
    }

    /// <summary>Adds octets as they are.</summary>
    internal void AddOctets(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Add(name, EntryType.OctetString, value);

    /// <summary>Adds a text.</summary>
    internal void AddText(ReadOnlySpan<byte> name, string value) =>
        Add(name, EntryType.Utf8String, System.Text.Encoding.UTF8.GetBytes(value));

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(values);

    private Span<byte> Add(ReadOnlySpan<byte> name, EntryType type, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, MaxEntries);
        nint namePointer = Place(name, out _);
        nint valuePointer = Place(value, out Span<byte> stored);
        entries[count++] = new Entry
        {
            Name = namePointer,
            Type = type,
            Value = valuePointer,
            ValueLength = (nuint)value.Length,
            ReturnLength = nuint.MaxValue, // OSSL_PARAM_UNMODIFIED
        };
        return stored;
    }

    private nint Place(ReadOnlySpan<byte> data, out Span<byte> stored)
    {
        stored = values.AsSpan(used, data.Length);
        data.CopyTo(stored);
        nint pointer = Marshal.UnsafeAddrOfPinnedArrayElement(values, used);
        used += data.Length + 1; // a NUL, which ends names and texts: the array began as zeros
        return pointer;
    }

    private enum EntryType : uint
    {
        UnsignedInteger = 2, // OSSL_PARAM_UNSIGNED_INTEGER
        Utf8String = 4, // OSSL_PARAM_UTF8_STRING
        OctetString = 5, // OSSL_PARAM_OCTET_STRING
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public nint Name;
        public EntryType Type;
        public nint Value;
        public nuint ValueLength;
        public nuint ReturnLength;
    }
}
