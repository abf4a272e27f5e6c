"""How images that are not square, or not in sRGB, are read is recorded; datasets that exist keep what held for them."""

from django.db import migrations, models

FITS = [
    ("crop", "cropped to the square in the middle"),
    ("pad", "padded with black to a square"),
    ("squeeze", "squeezed to a square, the aspect not kept"),
]
COLOURS = [
    ("srgb", "converted to sRGB where a file says otherwise"),
    ("as-stored", "as stored: what a file says of its colours was passed over (earlier versions)"),
]


class Migration(migrations.Migration):
    dependencies = [("ml", "0004_owners")]

    operations = [
        migrations.AddField("dataset", "fit", models.CharField(choices=FITS, default="squeeze", max_length=10)),
        migrations.AlterField("dataset", "fit", models.CharField(choices=FITS, default="crop", max_length=10)),
        migrations.AddField(
            "dataset", "colours", models.CharField(choices=COLOURS, default="as-stored", max_length=10)
        ),
        migrations.AlterField("dataset", "colours", models.CharField(choices=COLOURS, default="srgb", max_length=10)),
        migrations.AddField(
            "dataset",
            "notes",
            models.JSONField(
                blank=True,
                default=list,
                help_text="What was taken, guessed or done when the images were imported; a list.",
            ),
        ),
        migrations.AddConstraint(
            "dataset",
            models.CheckConstraint(
                condition=models.Q(("fit__in", ["crop", "pad", "squeeze"])), name="dataset_fit_crop_pad_or_squeeze"
            ),
        ),
        migrations.AlterField(
            "dataset",
            "split_method",
            models.CharField(
                choices=[
                    ("stratified", "plain random, stratified by diagnosis"),
                    ("by-lesion", "grouped by lesion, stratified by diagnosis"),
                    ("given", "as the images came: the split was not drawn here"),
                    ("all-test", "none: all images are for testing"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            "dataset",
            "content_hash",
            models.CharField(
                help_text="SHA-256 over name, bytes, diagnosis and split of every image, and how others than "
                "squares are squared.",
                max_length=64,
            ),
        ),
        migrations.AlterField("image", "sha256", models.CharField(help_text="Of the stored bytes.", max_length=64)),
        migrations.AddField(
            "image",
            "source_sha256",
            models.CharField(
                blank=True,
                default="",
                help_text="Of the bytes that came, where others are stored.",
                max_length=64,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "image",
            "conversion",
            models.CharField(
                blank=True,
                default="",
                help_text="What was done to bring it to 8-bit sRGB; empty: it is stored as it came.",
                max_length=300,
            ),
            preserve_default=False,
        ),
    ]
