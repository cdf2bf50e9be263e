namespace MilterCrypt.Commands.Sop;

/// <summary>What the exit codes of `sop` mean: those of draft-dkg-openpgp-stateless-cli, whose names the docs keep.</summary>
internal static class SopExitCode
{
    /// <summary>UNSPECIFIED_FAILURE: the system failed, or something is larger than what is taken.</summary>
    public const int Unspecified = 1;

    /// <summary>NO_SIGNATURE: no signature counts.</summary>
    public const int NoSignature = 3;

    /// <summary>UNSUPPORTED_ASYMMETRIC_ALGO: a certificate or key has only algorithms that are not used here.</summary>
    public const int UnsupportedAlgorithm = 13;

    /// <summary>CERT_CANNOT_ENCRYPT: nothing may be encrypted to a certificate.</summary>
    public const int CertCannotEncrypt = 17;

    /// <summary>MISSING_ARG: an argument, or an option's value, is missing.</summary>
    public const int MissingArgument = 19;

    /// <summary>INCOMPLETE_VERIFICATION: signatures are to be verified without anybody's certificate, or their verdicts to go nowhere.</summary>
    public const int IncompleteVerification = 23;

    /// <summary>CANNOT_DECRYPT: none of the keys, passwords and session keys opens the message.</summary>
    public const int CannotDecrypt = 29;

    /// <summary>PASSWORD_NOT_HUMAN_READABLE: a new password that can't be typed.</summary>
    public const int PasswordNotHumanReadable = 31;

    /// <summary>UNSUPPORTED_OPTION: there is no such option, or no such value of it.</summary>
    public const int UnsupportedOption = 37;

    /// <summary>BAD_DATA: the input is not what it should be.</summary>
    public const int BadData = 41;

    /// <summary>EXPECTED_TEXT: what should be text is not UTF-8.</summary>
    public const int ExpectedText = 53;

    /// <summary>OUTPUT_EXISTS: a file that would be written is there.</summary>
    public const int OutputExists = 59;

    /// <summary>MISSING_INPUT: a file, variable or descriptor can't be read.</summary>
    public const int MissingInput = 61;

    /// <summary>KEY_IS_PROTECTED: no password at hand unlocks a secret key.</summary>
    public const int KeyIsProtected = 67;

    /// <summary>UNSUPPORTED_SUBCOMMAND: there is no such command here.</summary>
    public const int UnsupportedSubcommand = 69;

    /// <summary>UNSUPPORTED_SPECIAL_PREFIX: a name that begins with @ and something unknown.</summary>
    public const int UnsupportedSpecialPrefix = 71;

    /// <summary>AMBIGUOUS_INPUT: a special name that a file has too.</summary>
    public const int AmbiguousInput = 73;

    /// <summary>KEY_CANNOT_SIGN: a key that may not sign: expired, revoked, for something else.</summary>
    public const int KeyCannotSign = 79;

    /// <summary>INCOMPATIBLE_OPTIONS: options that exclude each other.</summary>
    public const int IncompatibleOptions = 83;

    /// <summary>UNSUPPORTED_PROFILE: there is no such profile, or a command has none.</summary>
    public const int UnsupportedProfile = 89;

    /// <summary>NO_HARDWARE_KEY_FOUND: a secret is on a card, and cards are not used here.</summary>
    public const int NoHardwareKey = 97;

    /// <summary>PRIMARY_KEY_BAD: a primary key that is revoked or too weak, which nothing mends.</summary>
    public const int PrimaryKeyBad = 103;

    /// <summary>CERT_USERID_NO_MATCH: a certificate lacks the user ID, or nobody vouches for it.</summary>
    public const int UserIdNoMatch = 107;

    /// <summary>KEY_CANNOT_CERTIFY: a primary key whose secret is not here, or that is too weak to say anything.</summary>
    public const int KeyCannotCertify = 109;
}
