// Making folders on demand.
#ifndef FOLDERS_H
#define FOLDERS_H

// Makes the folder and those above it (mode 0700). Returns 0, also if it is there already, or an errno value.
int make_folders(const char *path);

// The same for the folder that holds the file at `path`.
int make_folders_above(const char *path);

#endif
