namespace MilterCrypt.Commands;

/// <summary>What the program's exit codes mean: sysexits(3), and what `keys find` answers.</summary>
internal static class ExitCode
{
    /// <summary>EX_OK.</summary>
    public const int Ok = 0;

    /// <summary>`keys find`: there is no usable key. `keys lint`: something can't be encrypted to. `keys remove`, `held discard`: the
    /// answer was no. `held release`: somebody's message is still held. `trace`: nothing is known of the message. `probe`: the MTA takes the message and
    /// delivers it to nobody.</summary>
    public const int No = 1;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: the input is not what it should be.</summary>
    public const int Data = 65;

    /// <summary>EX_NOINPUT: there is no such file or key.</summary>
    public const int NoInput = 66;

    /// <summary>EX_UNAVAILABLE: the daemon can't have what it needs to listen; the filter to probe can't be reached, or
    /// does not answer.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_CANTCREAT: a file can't be made.</summary>
    public const int CantCreate = 73;

    /// <summary>EX_IOERR: a file can't be read or written.</summary>
    public const int InputOutput = 74;

    /// <summary>EX_TEMPFAIL: trying again later may help.</summary>
    public const int TryAgain = 75;

    /// <summary>EX_PROTOCOL: the filter to probe breaks the milter protocol.</summary>
    public const int Protocol = 76;

    /// <summary>EX_NOPERM: policy refuses the message.</summary>
    public const int Refused = 77;

    /// <summary>EX_CONFIG: the configuration is wrong.</summary>
    public const int Configuration = 78;
}
