using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>AES-OCB (RFC 7253) with one key for many chunks, 15-octet nonces and 16-octet tags, as OpenPGP uses it.
/// Owned by its maker, which it serves on one thread at a time; disposal clears the key.</summary>
public sealed class AesOcb : IDisposable
{
    /// <summary>Octets of a nonce.</summary>
    public const int NonceLength = 15;

    /// <summary>Octets of a tag.</summary>
    public const int TagLength = 16;

    private const int SetIvLength = 0x9; // EVP_CTRL_AEAD_SET_IVLEN
    private const int GetTag = 0x10; // EVP_CTRL_AEAD_GET_TAG
    private const int SetTag = 0x11; // EVP_CTRL_AEAD_SET_TAG
    private const int KeepDirection = -1;

    private readonly EvpCipherContextHandle context;
    private readonly bool encrypts;

    // Octets that libcrypto has and did not write yet: the start of a block.
    private int held;

    private AesOcb(ReadOnlySpan<byte> key, bool encrypts)
    {
        this.encrypts = encrypts;
        if (key.Length is not (16 or 24 or 32))
            throw new ArgumentException("An AES key has 16, 24 or 32 octets.", nameof(key));

        using EvpCipherHandle cipher = OpenSslError.Checked(
            LibCryptoImports.EVP_CIPHER_fetch(0, $"AES-{key.Length * 8}-OCB", null), "EVP_CIPHER_fetch");
        context = OpenSslError.Checked(LibCryptoImports.EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new");
        try
        {
            Check(LibCryptoImports.EVP_CipherInit_ex(context, cipher, 0, [], [], encrypts ? 1 : 0), "EVP_CipherInit_ex");
            Check(LibCryptoImports.EVP_CIPHER_CTX_ctrl(context, SetIvLength, NonceLength, []), "EVP_CTRL_AEAD_SET_IVLEN");
            Check(LibCryptoImports.EVP_CipherInit_ex_again(context, 0, 0, key, [], KeepDirection), "EVP_CipherInit_ex");
        }
        catch (CryptographicException)
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Makes one that encrypts. (libcrypto takes the direction with the key: its code for whole blocks is
    /// chosen then, and a later change of direction would give garbage.)</summary>
    /// <param name="key">16, 24 or 32 octets.</param>
    /// <exception cref="CryptographicException">libcrypto has no such cipher.</exception>
    public static AesOcb ForEncryption(ReadOnlySpan<byte> key) => new(key, encrypts: true);

    /// <summary>Makes one that decrypts.</summary>
    /// <param name="key">16, 24 or 32 octets.</param>
    /// <exception cref="CryptographicException">libcrypto has no such cipher.</exception>
    public static AesOcb ForDecryption(ReadOnlySpan<byte> key) => new(key, encrypts: false);

    /// <summary>Encrypts one chunk.</summary>
    /// <param name="nonce">15 octets, never the same twice under one key.</param>
    /// <param name="associatedData">What the tag covers beside the plaintext.</param>
    /// <param name="plaintext">The chunk.</param>
    /// <param name="ciphertext">Receives as many octets; may be the same memory as <paramref name="plaintext"/>.</param>
    /// <param name="tag">Receives 16 octets.</param>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext, Span<byte> tag)
    {
        BeginChunk(nonce, associatedData);
        int written = EncryptPart(plaintext, ciphertext);
        if (written + FinishChunk(ciphertext[written..], tag) != plaintext.Length)
            throw new CryptographicException("OCB wrote another length than it read.");
    }

    /// <summary>Begins a chunk whose plaintext comes in parts.</summary>
    /// <param name="nonce">15 octets, never the same twice under one key.</param>
    /// <param name="associatedData">What the tag covers beside the plaintext.</param>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public void BeginChunk(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData) => Begin(nonce, associatedData, encrypt: true);

    /// <summary>Encrypts a part of a chunk.</summary>
    /// <param name="plaintext">The part.</param>
    /// <param name="ciphertext">Room for as many octets and a block more: what ends within a block comes with the next part.</param>
    /// <returns>How many octets were written.</returns>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public int EncryptPart(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext) => Process(plaintext, ciphertext);

    /// <summary>Ends a chunk.</summary>
    /// <param name="ciphertext">Room for what is missing of it, less than a block.</param>
    /// <param name="tag">Receives 16 octets.</param>
    /// <returns>How many octets were written.</returns>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public int FinishChunk(Span<byte> ciphertext, Span<byte> tag)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, TagLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(ciphertext.Length, held);
        Check(LibCryptoImports.EVP_CipherFinal_ex(context, ciphertext, out int last), "EVP_CipherFinal_ex");
        Check(LibCryptoImports.EVP_CIPHER_CTX_ctrl(context, GetTag, TagLength, tag), "EVP_CTRL_AEAD_GET_TAG");
        return last;
    }

    /// <summary>Decrypts one chunk; false, with <paramref name="plaintext"/> cleared, where the tag is wrong.</summary>
    /// <exception cref="CryptographicException">libcrypto failed for another reason.</exception>
    public bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, TagLength);
        Begin(nonce, associatedData, encrypt: false);
        Span<byte> expected = stackalloc byte[TagLength];
        tag.CopyTo(expected);
        Check(LibCryptoImports.EVP_CIPHER_CTX_ctrl(context, SetTag, TagLength, expected), "EVP_CTRL_AEAD_SET_TAG");
        int written = Process(ciphertext, plaintext);
        if (LibCryptoImports.EVP_CipherFinal_ex(context, plaintext[written..], out int last) == 1)
            return written + last == ciphertext.Length;

        OpenSslError.Forget();
        CryptographicOperations.ZeroMemory(plaintext);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();

    private static void Check(int result, string call) => OpenSslError.ThrowUnlessOne(result, call);

    private void Begin(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, bool encrypt)
    {
        if (encrypt != encrypts)
            throw new InvalidOperationException("This cipher was made for the other direction.");

        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength);
        Check(LibCryptoImports.EVP_CipherInit_ex_again(context, 0, 0, [], nonce, KeepDirection), "EVP_CipherInit_ex");
        held = 0;
        if (!associatedData.IsEmpty)
        {
            Check(
                LibCryptoImports.EVP_CipherUpdate(context, [], out _, associatedData, associatedData.Length),
                "EVP_CipherUpdate");
        }
    }

    private int Process(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, input.Length + held);
        if (input.IsEmpty)
            return 0;

        Check(LibCryptoImports.EVP_CipherUpdate(context, output, out int written, input, input.Length), "EVP_CipherUpdate");
        held += input.Length - written;
        return written;
    }
}
