NAME = "parcel"
