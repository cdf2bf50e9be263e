using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>An OSSL_PARAM array being built: named numbers, texts and octets from which libcrypto makes a key.
/// Everything lives in memory that the collector leaves alone, since libcrypto keeps pointers, and is cleared at the end.</summary>
internal sealed unsafe class KeyParameters : IDisposable
{
    private const int MaxEntries = 8;

    private static readonly int EntriesLength = (MaxEntries + 1) * sizeof(Entry);

    private readonly int length;
    private byte* memory;
    private int count;
    private int used = EntriesLength;

    /// <param name="capacity">Octets of all names and values together; each takes one more for a NUL.</param>
    internal KeyParameters(int capacity)
    {
        length = EntriesLength + capacity;
        memory = (byte*)NativeMemory.AllocZeroed((nuint)length);
    }

    // The array for libcrypto, ended by an entry of zeros; valid until disposal.
    private nint Pointer => (nint)memory;

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

    /// <summary>Makes a key of what was added.</summary>
    /// <param name="type">libcrypto's name for its kind, such as RSA.</param>
    /// <param name="selection">EVP_PKEY_PUBLIC_KEY or EVP_PKEY_KEYPAIR.</param>
    /// <returns>An invalid handle where it can't be such a key.</returns>
    internal EvpPkeyHandle MakeKey(string type, int selection)
    {
        using EvpPkeyContextHandle context = OpenSslError.Checked(
            LibCryptoImports.EVP_PKEY_CTX_new_from_name(0, type, null), "EVP_PKEY_CTX_new_from_name");
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_fromdata_init(context), "EVP_PKEY_fromdata_init");
        _ = LibCryptoImports.EVP_PKEY_fromdata(context, out EvpPkeyHandle made, selection, Pointer);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (memory is null)
            return;

        CryptographicOperations.ZeroMemory(new Span<byte>(memory, length));
        NativeMemory.Free(memory);
        memory = null;
    }

    private Span<byte> Add(ReadOnlySpan<byte> name, EntryType type, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, MaxEntries);
        nint namePointer = Place(name, out _);
        nint valuePointer = Place(value, out Span<byte> stored);
        new Span<Entry>(memory, MaxEntries)[count++] = new Entry
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
        stored = new Span<byte>(memory, length - 1).Slice(used, data.Length);
        data.CopyTo(stored);
        nint pointer = (nint)(memory + used);
        used += data.Length + 1; // a NUL, which ends names and texts: the memory began as zeros
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
